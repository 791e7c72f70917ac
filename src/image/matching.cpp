// SPDX-License-Identifier: Apache-2.0
#include "magicface/image/matching.hpp"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "shades.hpp"

namespace magicface::image {

cv::Mat times(const cv::Mat& values, const cv::Mat& weights) {
  cv::Mat of_each_channel;
  cv::merge(std::vector<cv::Mat>(static_cast<std::size_t>(values.channels()), weights), of_each_channel);
  return values.mul(of_each_channel);
}

cv::Mat kept_structure(const cv::Mat& reconstruction, const cv::Mat& edited) {
  check_pair(reconstruction, edited);
  const int side = std::min(edited.rows, edited.cols);
  const double window = std::max(1.0, side / 80.0);  // a lip's height: what moved shows within it
  const cv::Mat a = luminance(reconstruction), b = luminance(edited);
  const cv::Mat mean_a = smooth(a, window), mean_b = smooth(b, window);
  const cv::Mat variance_a = smooth(a.mul(a), window) - mean_a.mul(mean_a);
  const cv::Mat variance_b = smooth(b.mul(b), window) - mean_b.mul(mean_b);
  const cv::Mat covariance = smooth(a.mul(b), window) - mean_a.mul(mean_b);
  constexpr double kNoise = 58.5;  // SSIM's (0.03 * 255)^2: differences in flat skin don't count
  const cv::Mat structure = (2 * covariance + kNoise) / (variance_a + variance_b + kNoise);
  cv::Mat kept = smoothstep(structure, 0.4, 0.85);
  // What was redrawn reaches a little further than where it is noticed; and the map must be smooth to be used as a
  // weight.
  const int reach = 2 * cvRound(window) + 1;
  cv::erode(kept, kept, cv::getStructuringElement(cv::MORPH_ELLIPSE, {reach, reach}));
  return smooth(kept, window);
}

cv::Mat membrane(const cv::Mat& values, const cv::Mat& weights) {
  // pull: ever coarser sums of weighted values and of weights
  std::vector<cv::Mat> sums{times(values, weights)};
  std::vector<cv::Mat> totals{weights};
  while (std::min(totals.back().rows, totals.back().cols) > 2) {
    // Means of 2 x 2, not pyrDown: that weighs every second pixel more, which would draw the surface to one side.
    const cv::Size half((totals.back().cols + 1) / 2, (totals.back().rows + 1) / 2);
    cv::Mat sum, total;
    cv::resize(sums.back(), sum, half, 0, 0, cv::INTER_AREA);
    cv::resize(totals.back(), total, half, 0, 0, cv::INTER_AREA);
    sums.push_back(sum);
    totals.push_back(total);
  }
  const double total = cv::sum(totals.back())[0];
  if (!(total > 1e-9)) return cv::Mat::zeros(values.size(), CV_32FC3);
  cv::Mat surface(totals.back().size(), CV_32FC3, cv::sum(sums.back()) / total);
  // push: a level's own mean where it has one, the coarser level's elsewhere
  for (auto level = sums.size() - 1; level-- > 0;) {
    cv::Mat coarser;
    cv::resize(surface, coarser, totals[level].size(), 0, 0, cv::INTER_LINEAR);
    const cv::Mat known = cv::min(totals[level] * 4.0, 1.0);
    const cv::Mat mean = times(sums[level], 1.0 / cv::max(totals[level], 1e-6));
    surface = coarser + times(mean - coarser, known);
  }
  return surface;
}

cv::Mat tint_correction(const cv::Mat& reference, const cv::Mat& edited, const cv::Mat& weights, const cv::Mat& kept) {
  check_pair(reference, edited);
  cv::Mat difference;
  cv::subtract(reference, edited, difference, cv::noArray(), CV_32F);
  cv::Mat known = kept;
  if (known.empty()) {
    // The outer half of the feather; what lies inside may be the edit itself.
    known = (weights > 0) & (weights < 0.5);
    known.convertTo(known, CV_32F, 1.0 / 255.0);
  }
  // Wide, so that only tint and light are matched, never what the edit drew.
  const double window = std::max(1.0, std::min(edited.rows, edited.cols) / 16.0);
  return smooth(membrane(difference, known), window);
}

double seam(const cv::Mat& before_rgb, const cv::Mat& after_rgb, const cv::Mat& weights) {
  check_pair(before_rgb, after_rgb);
  const cv::Mat change = luminance(after_rgb) - luminance(before_rgb);
  cv::Mat across, down, slope;
  cv::Sobel(change, across, CV_32F, 1, 0, 3, 1.0 / 8);
  cv::Sobel(change, down, CV_32F, 0, 1, 3, 1.0 / 8);
  cv::magnitude(across, down, slope);
  // The feather, and the pixel on either side of a hard edge.
  cv::Mat low, high;
  const cv::Mat around = cv::Mat::ones(3, 3, CV_8U);
  cv::erode(weights, low, around);
  cv::dilate(weights, high, around);
  const cv::Mat border = (low < 1) & (high > 0);
  return cv::countNonZero(border) == 0 ? 0 : cv::mean(slope, border)[0];
}

}  // namespace magicface::image
