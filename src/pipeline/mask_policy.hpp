// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core/mat.hpp>

#include "magicface/face/condition.hpp"
#include "magicface/models/manifest.hpp"
#include "magicface/pipeline/face_analyser.hpp"

namespace magicface::pipeline {

/// The bundle's condition for a picture of `side` pixels, with the classes that the policy blanks.
face::ConditionSpec condition_spec_of(const models::Manifest& manifest, int side, MaskPolicy policy);

/// Fills in `blanked`, `condition`, `contour` and `blend_mask` from crop, class map, jaw and five points. The blend
/// mask is 1 over the blanked region and fades over a share of the face's width; it is 0 at the crop's border, and
/// spares hair and hat in front of the face unless the policy blanks them.
void draw_condition(FaceAnalysis& analysis, const models::Manifest& manifest, MaskPolicy policy);

}  // namespace magicface::pipeline
