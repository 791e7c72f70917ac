// SPDX-License-Identifier: Apache-2.0
#include "magicface/measure/pixels.hpp"

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"

namespace magicface::measure {
namespace {

constexpr int kWindow = 11;
constexpr double kSigma = 1.5;
/// Windows are slid over bands of the picture, so that a large one needs little memory.
constexpr int kBandRows = 256;

void expect_alike(const cv::Mat& a, const cv::Mat& b, int type = CV_8UC3) {
  if (a.type() != type || b.type() != type)
    throw ItemError("expected pictures of 8 bits and " + std::to_string(CV_MAT_CN(type)) + " channels");
  if (a.size() != b.size()) {
    throw ItemError("expected pictures of one size, got " + size_text(a.cols, a.rows) + " and " +
                    size_text(b.cols, b.rows));
  }
}

/// Weighted means of the windows that lie wholly inside.
cv::Mat window_means(const cv::Mat& values) {
  const auto kernel = cv::getGaussianKernel(kWindow, kSigma, CV_64F);
  cv::Mat means;
  cv::sepFilter2D(values, means, CV_64F, kernel, kernel);
  constexpr int kEdge = kWindow / 2;
  return means(cv::Range(kEdge, values.rows - kEdge), cv::Range(kEdge, values.cols - kEdge));
}

/// Sum of the similarity of one channel's windows. @param a, b CV_64F in [0, 1]
double similarity_sum(const cv::Mat& a, const cv::Mat& b) {
  constexpr double kC1 = 0.01 * 0.01, kC2 = 0.03 * 0.03;
  const cv::Mat mean_a = window_means(a), mean_b = window_means(b);
  const cv::Mat product = mean_a.mul(mean_b), square_a = mean_a.mul(mean_a), square_b = mean_b.mul(mean_b);
  const cv::Mat variance_a = window_means(a.mul(a)) - square_a, variance_b = window_means(b.mul(b)) - square_b;
  const cv::Mat covariance = window_means(a.mul(b)) - product;
  const cv::Mat above = (2 * product + kC1).mul(2 * covariance + kC2);
  const cv::Mat below = (square_a + square_b + kC1).mul(variance_a + variance_b + kC2);
  return cv::sum(above / below)[0];
}

cv::Mat channel(const cv::Mat& picture, int index) {
  cv::Mat values;
  cv::extractChannel(picture, values, index);
  values.convertTo(values, CV_64F, 1.0 / 255);
  return values;
}

double sum_of_squares(const cv::Scalar& channels) { return channels[0] + channels[1] + channels[2]; }

}  // namespace

std::optional<double> mean_square_outside(const cv::Mat& a, const cv::Mat& b, const cv::Mat& face) {
  expect_alike(a, b);
  if (face.type() != CV_8UC1 || face.size() != a.size()) {
    throw ItemError("the face mask: expected one channel of the picture's size, " + size_text(a.cols, a.rows) +
                    ", got " + size_text(face.cols, face.rows));
  }
  const cv::Mat outside = face == 0;
  const int pixels = cv::countNonZero(outside);
  if (pixels == 0) return std::nullopt;
  // Squares of whole numbers: exact, whatever the order.
  double square = 0;
  for (int row = 0; row < a.rows; ++row) {
    const auto *of_a = a.ptr<cv::Vec3b>(row), *of_b = b.ptr<cv::Vec3b>(row);
    const auto* counted = outside.ptr<std::uint8_t>(row);
    for (int column = 0; column < a.cols; ++column) {
      if (counted[column] == 0) continue;
      for (int k = 0; k < 3; ++k) {
        const int difference = of_a[column][k] - of_b[column][k];
        square += difference * difference;
      }
    }
  }
  return square / (3.0 * pixels * 255 * 255);
}

double psnr(const cv::Mat& a, const cv::Mat& b) {
  expect_alike(a, b);
  cv::Mat difference;
  cv::absdiff(a, b, difference);
  difference.convertTo(difference, CV_32FC3);
  const double mean =
      sum_of_squares(cv::sum(difference.mul(difference))) / (3.0 * static_cast<double>(a.total()) * 255 * 255);
  return mean > 0 ? std::min(kHighestPsnr, -10 * std::log10(mean)) : kHighestPsnr;
}

double ssim(const cv::Mat& a, const cv::Mat& b) {
  expect_alike(a, b);
  if (a.rows < kWindow || a.cols < kWindow) {
    throw ItemError("SSIM: expected sides of 11 pixels or more, got " + size_text(a.cols, a.rows));
  }
  double sum = 0;
  const int windows = a.rows - kWindow + 1;  // one above the other
  for (int first = 0; first < windows; first += kBandRows) {
    const cv::Range rows(first, std::min(first + kBandRows, windows) + kWindow - 1);
    for (int k = 0; k < 3; ++k) sum += similarity_sum(channel(a.rowRange(rows), k), channel(b.rowRange(rows), k));
  }
  return sum / (3.0 * windows * (a.cols - kWindow + 1));
}

int largest_difference(const cv::Mat& a, const cv::Mat& b) {
  expect_alike(a, b, a.channels() == 1 ? CV_8UC1 : CV_8UC3);
  return static_cast<int>(cv::norm(a, b, cv::NORM_INF));
}

}  // namespace magicface::measure
