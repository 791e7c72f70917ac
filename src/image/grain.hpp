// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core/mat.hpp>

namespace magicface::image {

/// What is finer in a picture than a coarser one of it can hold, without its edges: pores, stubble and the camera's
/// noise. Longer than twice its usual length a detail is an edge, and is cut there. CV_32FC3 around 0.
/// @param picture CV_8UC3
/// @param density pixels of the coarser picture per pixel of this one; from about 1 on nothing is finer, and the grain
/// is 0
cv::Mat grain_of(const cv::Mat& picture, double density);

}  // namespace magicface::image
