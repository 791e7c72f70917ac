// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core/mat.hpp>

#include "magicface/face/condition.hpp"
#include "magicface/models/manifest.hpp"
#include "magicface/pipeline/face_analyser.hpp"

namespace magicface::pipeline {

/// The bundle's condition for a picture of `side` pixels, with the classes that the policy blanks.
face::ConditionSpec condition_spec_of(const models::Manifest& manifest, int side, MaskPolicy policy);

/// Fills in `blanked`, `condition` and `contour` from crop, class map, jaw and five points.
void draw_condition(FaceAnalysis& analysis, const models::Manifest& manifest, MaskPolicy policy);

/// Where the model's picture goes back into the source: CV_32F in [0,1] of the crop's size, 1 over the blanked region. It
/// fades over a share of the face's width, is 0 at the crop's border, and spares hair and hat in front of the face
/// unless the policy blanks them.
cv::Mat blend_mask(const FaceAnalysis& analysis, const models::Manifest& manifest, MaskPolicy policy);

}  // namespace magicface::pipeline
