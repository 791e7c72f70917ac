// SPDX-License-Identifier: Apache-2.0
#include "shades.hpp"

#include <opencv2/imgproc.hpp>

#include "magicface/core/error.hpp"

namespace magicface::image {

void check_pair(const cv::Mat& a, const cv::Mat& b) {
  if (a.type() == CV_8UC3 && b.type() == CV_8UC3 && a.size() == b.size() && !a.empty()) return;
  throw ItemError("compositing: expected two 8-bit RGB pictures of one size");
}

cv::Mat luminance(const cv::Mat& rgb) {
  cv::Mat grey;
  cv::cvtColor(rgb, grey, cv::COLOR_RGB2GRAY);
  grey.convertTo(grey, CV_32F);
  return grey;
}

cv::Mat smooth(const cv::Mat& picture, double sigma) {
  cv::Mat result;
  cv::GaussianBlur(picture, result, {}, sigma, 0, cv::BORDER_REFLECT_101);
  return result;
}

cv::Mat smoothstep(const cv::Mat& values, double low, double high) {
  cv::Mat t = (values - low) / (high - low);
  t = cv::min(cv::max(t, 0.0), 1.0);
  return t.mul(t).mul(3.0 - 2.0 * t);
}

cv::Mat taken_from(const cv::Mat& picture, const cv::Mat& motion, const cv::Point& offset) {
  cv::Mat places = motion.clone();
  places.forEach<cv::Vec2f>([&](cv::Vec2f& place, const int* at) {
    place[0] += static_cast<float>(at[1] + offset.x);
    place[1] += static_cast<float>(at[0] + offset.y);
  });
  cv::Mat result;
  cv::remap(picture, result, places, cv::noArray(), cv::INTER_CUBIC, cv::BORDER_REFLECT_101);
  return result;
}

}  // namespace magicface::image
