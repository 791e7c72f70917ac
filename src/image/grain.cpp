// SPDX-License-Identifier: Apache-2.0
#include "grain.hpp"

#include <cmath>
#include <opencv2/imgproc.hpp>

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

}  // namespace

cv::Mat grain_of(const cv::Mat& picture, double density) {
  const double coarser = 1 / density;
  if (!(coarser > 1.05)) return cv::Mat::zeros(picture.size(), CV_32FC3);
  cv::Mat fine;
  picture.convertTo(fine, CV_32F);
  fine -= smooth(fine, 0.7 * std::sqrt(coarser * coarser - 1));
  const double limit = 2 * usual_length(fine);
  return cv::max(cv::min(fine, cv::Scalar::all(limit)), cv::Scalar::all(-limit));
}

}  // namespace magicface::image
