// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core/matx.hpp>
#include <string>

#include "magicface/face/detector.hpp"
#include "magicface/models/manifest.hpp"

namespace magicface::pipeline {

/// Picture -> the square input of a face module, as the manifest's `alignment` says; without an entry the module reads
/// the model's own crop. @throws BundleError for an alignment that needs points which the detector doesn't give.
cv::Matx23d module_transform(const models::Manifest& manifest, const std::string& module, const face::Face& face,
                             int side);

/// By how much (radians, clockwise) that input is turned back, because the face is rolled or its points are.
double levelled_by(const models::Manifest& manifest, const std::string& module, const face::Face& face);

}  // namespace magicface::pipeline
