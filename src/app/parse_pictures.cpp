// SPDX-License-Identifier: Apache-2.0
#include "parse_pictures.hpp"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace magicface::app {
namespace {

cv::Mat in_rgb(const cv::Mat& grey) {
  cv::Mat rgb;
  cv::cvtColor(grey, rgb, cv::COLOR_GRAY2RGB);
  return rgb;
}

template <typename Points>
void dot(cv::Mat& rgb, const Points& points, int radius, const cv::Scalar& colour) {
  for (const cv::Point2f& point : points) {
    // Points far outside draw nothing, and wouldn't fit into the integers below.
    if (std::abs(point.x) > 1e6F || std::abs(point.y) > 1e6F) continue;
    cv::circle(rgb, {cvRound(point.x), cvRound(point.y)}, radius, colour, cv::FILLED, cv::LINE_AA);
  }
}

cv::Mat overlay(const pipeline::FaceAnalysis& analysis) {
  cv::Mat rgb = analysis.crop.clone();
  for (int y = 0; y < rgb.rows; ++y) {
    for (int x = 0; x < rgb.cols; ++x) {
      auto& pixel = rgb.at<cv::Vec3b>(y, x);
      const float share = 0.45F * analysis.blend_mask.at<float>(y, x);
      const cv::Vec3f red(255, 40, 40);
      for (int c = 0; c < 3; ++c) pixel[c] = cv::saturate_cast<uchar>(pixel[c] + share * (red[c] - pixel[c]));
    }
  }
  const int radius = std::max(1, rgb.cols / 170);
  dot(rgb, analysis.neutral_jaw, radius, {255, 220, 0});
  dot(rgb, analysis.landmarks, radius, {60, 230, 60});
  dot(rgb, analysis.five_points, radius + 1, {255, 255, 255});
  return rgb;
}

}  // namespace

std::vector<std::pair<std::string, cv::Mat>> parse_pictures(const pipeline::FaceAnalysis& analysis) {
  cv::Mat mask;
  analysis.blend_mask.convertTo(mask, CV_8U, 255);
  return {{"crop", analysis.crop},
          {"condition", analysis.condition},
          {"classes", in_rgb(analysis.class_map)},
          {"contour", analysis.contour},
          {"mask", in_rgb(mask)},
          {"overlay", overlay(analysis)}};
}

}  // namespace magicface::app
