// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core/mat.hpp>

namespace magicface::image {

/// What is finer in a picture than a coarser one of it can hold, without its edges: pores, stubble and the camera's
/// noise. Longer than twice its usual length a detail is an edge, and is cut there. CV_32FC3 around 0.
/// @param picture CV_8UC3 or CV_32FC3
/// @param density pixels of the coarser picture per pixel of this one; from about 1 on nothing is finer, and the grain
/// is 0
cv::Mat grain_of(const cv::Mat& picture, double density);

/// Gives what was carried along the grain that lies in its place where it was distorted, for noise that is stretched
/// makes streaks. Edges keep what is fine in them. Returns the grain of the result, as grain_of.
/// @param here        CV_8UC3, what lies in that place
/// @param moved       CV_32FC3, what was carried there; changed in place
/// @param undistorted CV_32F in [0,1]; empty: 1 everywhere, and `moved` stays as it is
cv::Mat settle_grain(const cv::Mat& here, cv::Mat& moved, const cv::Mat& undistorted, double density);

}  // namespace magicface::image
