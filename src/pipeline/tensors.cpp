// SPDX-License-Identifier: Apache-2.0
#include "tensors.hpp"

#include <ATen/ATen.h>

#include "magicface/core/error.hpp"

namespace magicface::pipeline {

at::Tensor to_tensor(const cv::Mat& rgb) {
  CV_Assert(rgb.type() == CV_8UC3);
  const cv::Mat continuous = rgb.isContinuous() ? rgb : rgb.clone();
  const auto bytes = at::from_blob(continuous.data, {1, continuous.rows, continuous.cols, 3}, at::kByte);
  return bytes.permute({0, 3, 1, 2}).to(at::kFloat).div_(255.0F).contiguous();
}

cv::Mat to_shades(const at::Tensor& image) {
  const auto shades = image.to(at::kCPU, at::kFloat).mul(255.0F).clamp(0, 255).permute({1, 2, 0}).contiguous();
  if (!at::isfinite(shades).all().item<bool>()) {
    throw ItemError(
        "the model's picture holds values that aren't numbers; ask for smaller changes, or give --dtype float32");
  }
  const cv::Mat view(static_cast<int>(shades.size(0)), static_cast<int>(shades.size(1)), CV_32FC3,
                     shades.data_ptr<float>());
  return view.clone();
}

cv::Mat rounded(const cv::Mat& shades) {
  cv::Mat picture;
  shades.convertTo(picture, CV_8U);
  return picture;
}

cv::Mat to_picture(const at::Tensor& image) { return rounded(to_shades(image)); }

std::vector<cv::Point2f> to_points(const at::Tensor& points) {
  const auto values = points.accessor<float, 2>();
  std::vector<cv::Point2f> result;
  for (std::int64_t i = 0; i < values.size(0); ++i) result.emplace_back(values[i][0], values[i][1]);
  return result;
}

}  // namespace magicface::pipeline
