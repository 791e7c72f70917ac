// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <opencv2/core/mat.hpp>
#include <vector>

namespace magicface::pipeline {

/// CV_8UC3 RGB -> [1,3,H,W] float32 in [0,1].
at::Tensor to_tensor(const cv::Mat& rgb);

/// [3,H,W] float in [0,1] -> CV_32FC3 RGB, 0 to 255, not rounded: compositing compares pictures, and rounding would
/// make more of the difference between a batch and a single than it is.
cv::Mat to_shades(const at::Tensor& image);
/// CV_8UC3 of them, rounded half to even as NumPy does.
cv::Mat rounded(const cv::Mat& shades);
/// Both.
cv::Mat to_picture(const at::Tensor& image);

/// [points,2] float32 on the CPU -> points.
std::vector<cv::Point2f> to_points(const at::Tensor& points);

}  // namespace magicface::pipeline
