// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core/mat.hpp>
#include <string>
#include <utility>
#include <vector>

#include "magicface/pipeline/face_analyser.hpp"

namespace magicface::app {

/// What `magicface parse` writes of a face: names such as "condition" with CV_8UC3 pictures of the crop's size.
/// `overlay` is the crop with the blend mask in red, the neutral jaw in yellow, landmarks in green and the five points
/// in white.
std::vector<std::pair<std::string, cv::Mat>> parse_pictures(const pipeline::FaceAnalysis& analysis);

}  // namespace magicface::app
