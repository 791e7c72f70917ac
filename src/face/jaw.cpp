// SPDX-License-Identifier: Apache-2.0
#include "jaw.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <string>

#include "magicface/core/error.hpp"

namespace magicface::face {
namespace {

/// Vertices are rounded to whole pixels, as the training helper does; far points are pulled in so that they fit an int.
void fill(cv::Mat& mask, const std::vector<cv::Point2d>& polygon) {
  constexpr double kFar = 1e5;
  std::vector<cv::Point> rounded;
  for (const auto& point : polygon) {
    rounded.emplace_back(cvRound(std::clamp(point.x, -kFar, kFar)), cvRound(std::clamp(point.y, -kFar, kFar)));
  }
  cv::fillPoly(mask, std::vector<std::vector<cv::Point>>{rounded}, cv::Scalar(255));
}

cv::Point2d sweep_of(const std::vector<cv::Point2f>& jaw, double reach) {
  const cv::Point2d across = cv::Point2d(jaw[16]) - cv::Point2d(jaw[0]);
  const cv::Point2d chin = cv::Point2d(jaw[8]) - cv::Point2d(jaw[0]);
  // Perpendicular to `across` and as long as it, so that `reach` alone scales it.
  const cv::Point2d perpendicular(-across.y, across.x);
  return perpendicular * (perpendicular.dot(chin) < 0 ? -reach : reach);
}

}  // namespace

void check_jaw(const std::vector<cv::Point2f>& jaw) {
  const bool finite = std::all_of(jaw.begin(), jaw.end(),
                                  [](const cv::Point2f& p) { return std::isfinite(p.x) && std::isfinite(p.y); });
  if (jaw.size() != kJawPoints || !finite) {
    throw ItemError("jaw: expected 17 finite points, got " + std::to_string(jaw.size()));
  }
}

void fill_jaw_region(cv::Mat& mask, const std::vector<cv::Point2f>& jaw, double reach) {
  const cv::Point2d sweep = sweep_of(jaw, reach);
  std::vector<cv::Point2d> here(jaw.begin(), jaw.end());
  std::vector<cv::Point2d> there;
  for (const auto& point : here) there.push_back(point + sweep);
  // Jaw 0..16, then the shifted jaw 16..0. Separate fills: together, fillPoly would leave overlaps empty (even-odd).
  std::vector<cv::Point2d> between = here;
  between.insert(between.end(), there.rbegin(), there.rend());
  for (const auto& polygon : {here, between, there}) fill(mask, polygon);
}

}  // namespace magicface::face
