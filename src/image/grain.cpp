// SPDX-License-Identifier: Apache-2.0
#include "grain.hpp"

#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "magicface/image/matching.hpp"
#include "shades.hpp"

namespace magicface::image {
namespace {

/// Standard deviation of what is neither an edge nor nothing, by the median of the lengths.
double usual_length(const cv::Mat& detail) {
  cv::Mat lengths = cv::abs(detail.reshape(1)), bytes;
  lengths.convertTo(bytes, CV_8U, 16);  // sixteenths of a grey level
  cv::Mat counts;
  cv::calcHist(std::vector<cv::Mat>{bytes}, {0}, cv::noArray(), counts, {256}, {0, 256});
  double below = 0;
  int median = 0;
  for (; median < 255 && (below += counts.at<float>(median)) < 0.5 * static_cast<double>(bytes.total()); ++median) {
  }
  return 1.4826 * median / 16;
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
    cv::Mat edges = cv::max(cv::max(channels[0], channels[1]), channels[2]) >= 0.99 * limit;
    edges.convertTo(edges, CV_32F, 1.0 / 255);
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
  cv::add(moved, change, moved, cv::noArray(), moved.type());
  return carried + change;
}

}  // namespace magicface::image
