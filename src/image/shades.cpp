// SPDX-License-Identifier: Apache-2.0
#include "shades.hpp"

#include <array>
#include <opencv2/imgproc.hpp>

#include "magicface/core/error.hpp"

namespace magicface::image {

void check_pair(const cv::Mat& a, const cv::Mat& b) {
  const auto is_rgb = [](const cv::Mat& picture) { return picture.type() == CV_8UC3 || picture.type() == CV_32FC3; };
  if (is_rgb(a) && is_rgb(b) && a.size() == b.size() && !a.empty()) return;
  throw ItemError("compositing: expected two RGB pictures of one size, of 8 bits or floats");
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

namespace {

/// Weights of four neighbours at -1, 0, 1, 2 for a place `t` in [0,1) behind the second: Catmull and Rom's cubic.
std::array<float, 4> cubic(float t) {
  const float t2 = t * t, t3 = t2 * t;
  return {0.5F * (-t3 + 2 * t2 - t), 0.5F * (3 * t3 - 5 * t2 + 2), 0.5F * (-3 * t3 + 4 * t2 + t), 0.5F * (t3 - t2)};
}

template <typename Value, int channels>
cv::Mat take(const cv::Mat& picture, const cv::Mat& motion, const cv::Point& offset) {
  using Pixel = cv::Vec<Value, channels>;
  using Taken = cv::Vec<float, channels>;
  cv::Mat result(motion.size(), CV_32FC(channels));
  const auto mirrored = [](int at, int length) { return cv::borderInterpolate(at, length, cv::BORDER_REFLECT_101); };
  for (int y = 0; y < motion.rows; ++y) {
    for (int x = 0; x < motion.cols; ++x) {
      const auto& move = motion.at<cv::Vec2f>(y, x);
      auto& taken = result.at<Taken>(y, x);
      if (move == cv::Vec2f()) {
        taken = picture.at<Pixel>(mirrored(y + offset.y, picture.rows), mirrored(x + offset.x, picture.cols));
        continue;
      }
      // Whole pixels apart from the rest: a float can't hold both in a large picture.
      const int whole_x = cvFloor(move[0]), whole_y = cvFloor(move[1]);
      const int left = x + offset.x + whole_x, top = y + offset.y + whole_y;
      const auto across = cubic(move[0] - static_cast<float>(whole_x)),
                 down = cubic(move[1] - static_cast<float>(whole_y));
      std::array<int, 4> columns;
      for (int i = 0; i < 4; ++i) columns[i] = mirrored(left + i - 1, picture.cols);
      taken = {};
      for (int j = 0; j < 4; ++j) {
        const auto* row = picture.ptr<Pixel>(mirrored(top + j - 1, picture.rows));
        for (int i = 0; i < 4; ++i) taken += across[i] * down[j] * Taken(row[columns[i]]);
      }
    }
  }
  return result;
}

}  // namespace

cv::Mat taken_from(const cv::Mat& picture, const cv::Mat& motion, const cv::Point& offset) {
  switch (picture.type()) {
    case CV_8UC3:
      return take<uchar, 3>(picture, motion, offset);
    case CV_32FC1:
      return take<float, 1>(picture, motion, offset);
    case CV_32FC2:
      return take<float, 2>(picture, motion, offset);
    case CV_32FC3:
      return take<float, 3>(picture, motion, offset);
    default:
      throw ItemError("carrying a picture along: expected 8-bit RGB, or one to three floats for every pixel");
  }
}

}  // namespace magicface::image
