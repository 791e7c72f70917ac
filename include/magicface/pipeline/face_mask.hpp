// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core/mat.hpp>

#include "magicface/models/manifest.hpp"
#include "magicface/pipeline/engine.hpp"

namespace magicface::pipeline {

/// Where the parser sees the face (skin, brows, eyes, glasses, nose, mouth, lips; not ears, neck, hair), in the
/// picture's own pixels: CV_8UC1 of `size`, 255 the face, 0 else. It is the same for every method and every bundle's
/// own mask.
/// @throws BundleError when the bundle names no classes.
cv::Mat face_mask(const FaceAnalysis& analysis, const models::Manifest& manifest, cv::Size size);

}  // namespace magicface::pipeline
