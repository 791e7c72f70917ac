// SPDX-License-Identifier: Apache-2.0
#include "grain.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "magicface/image/matching.hpp"
#include "shades.hpp"

namespace magicface::image {
namespace {

/// Standard deviation of what is neither an edge nor nothing, by the median of the lengths.
double usual_length(const cv::Mat& detail) {
  constexpr int kBins = 256;
  constexpr float kLongest = 16;
  cv::Mat counts;
  cv::calcHist(std::vector<cv::Mat>{cv::abs(detail.reshape(1))}, {0}, cv::noArray(), counts, {kBins}, {0, kLongest});
  const double half = 0.5 * static_cast<double>(detail.total() * 3);
  double below = 0;
  for (int bin = 0; bin < kBins; ++bin) {
    const double count = counts.at<float>(bin);
    // Between a bin's ends, or what hardly differs would be cut at another length.
    if (below + count >= half) return 1.4826 * kLongest / kBins * (bin + (half - below) / std::max(count, 1.0));
    below += count;
  }
  return 1.4826 * kLongest;
}

/// What is finer than the coarser picture can hold, and the length from which on it is an edge.
struct Fine {
  cv::Mat detail;
  double limit = 0;

  cv::Mat without_edges() const { return cv::max(cv::min(detail, cv::Scalar::all(limit)), cv::Scalar::all(-limit)); }

  /// 1 where it is noise, 0 where it reaches the limit in many places; CV_32F.
  cv::Mat noise() const {
    std::array<cv::Mat, 3> channels;
    cv::split(cv::abs(detail), channels.data());
    const cv::Mat edges = smoothstep(cv::max(cv::max(channels[0], channels[1]), channels[2]), 0.8 * limit, 1.2 * limit);
    return 1.0 - smoothstep(smooth(edges, 2), 0.3, 0.6);
  }
};

/// From a density of about 1 on nothing is finer.
bool holds_all(double density) { return !(1 / density > 1.05); }

Fine fine_of(const cv::Mat& picture, double density) {
  cv::Mat fine;
  picture.convertTo(fine, CV_32F);
  fine -= smooth(fine, 0.7 * std::sqrt(1 / (density * density) - 1));
  return {fine, 2 * usual_length(fine)};
}

}  // namespace

cv::Mat grain_of(const cv::Mat& picture, double density) {
  if (holds_all(density)) return cv::Mat::zeros(picture.size(), CV_32FC3);
  return fine_of(picture, density).without_edges();
}

cv::Mat settle_grain(const cv::Mat& here, cv::Mat& moved, const cv::Mat& undistorted, double density) {
  if (undistorted.empty() || holds_all(density)) return grain_of(moved, density);
  const Fine fine = fine_of(moved, density);
  const cv::Mat carried = fine.without_edges();
  const cv::Mat change = times(grain_of(here, density) - carried, fine.noise().mul(1.0 - undistorted));
  moved += change;
  return carried + change;
}

}  // namespace magicface::image
