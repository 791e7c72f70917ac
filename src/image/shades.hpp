// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core/mat.hpp>

/// Small operations on pictures and maps that compositing is made of.
namespace magicface::image {

/// @throws ItemError unless both are CV_8UC3 or CV_32FC3 of one size, and not empty.
void check_pair(const cv::Mat& a, const cv::Mat& b);

/// CV_32F, 0 to 255.
cv::Mat luminance(const cv::Mat& rgb);

/// Gaussian, mirrored at the border.
cv::Mat smooth(const cv::Mat& picture, double sigma);

/// 0 below `low`, 1 above `high`, with level ends.
cv::Mat smoothstep(const cv::Mat& values, double low, double high);

/// result(p) = picture(p + offset + motion(p)), cubic, beyond the border mirrored; of the motion's size (CV_32FC2).
/// cv::remap rounds places to a 32nd of a pixel, which at an edge makes grey levels of a difference that is none.
/// Floats, also of 8 bits: what is rounded twice may differ by 2 where a batch and a single differ in the sixth digit.
/// @param picture CV_8UC3 or one to three floats
cv::Mat taken_from(const cv::Mat& picture, const cv::Mat& motion, const cv::Point& offset);

}  // namespace magicface::image
