// SPDX-License-Identifier: Apache-2.0
#include "palette.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <opencv2/core.hpp>

namespace magicface::image {
namespace {

constexpr std::size_t kMostSamples = 32768;
constexpr std::size_t kColours = 256;
constexpr double kDitherSpread = 12;  // about the distance of two of 256 colours of a portrait

/// Bits of red, green and blue interleaved: colours that are near each other mostly get near codes.
std::uint32_t interleaved(const cv::Vec3b& colour) {
  std::uint32_t code = 0;
  for (int bit = 7; bit >= 0; --bit) {
    for (int c = 0; c < 3; ++c) code = code << 1 | (static_cast<std::uint32_t>(colour[c]) >> bit & 1U);
  }
  return code;
}

std::vector<cv::Vec3b> sample(const std::vector<cv::Mat>& pictures) {
  std::size_t pixels = 0;
  for (const auto& picture : pictures) pixels += picture.total();
  const auto stride = std::max<std::size_t>(1, pixels / kMostSamples);
  std::vector<cv::Vec3b> samples;
  std::size_t next = 0, seen = 0;
  for (const auto& picture : pictures) {
    for (; next < seen + picture.total(); next += stride) {
      const auto at = static_cast<int>(next - seen);
      samples.push_back(picture.at<cv::Vec3b>(at / picture.cols, at % picture.cols));
    }
    seen += picture.total();
  }
  return samples;
}

/// The threshold matrix of ordered dithering, from -0.5 to 0.5.
double dither_at(int x, int y) {
  static constexpr int kBayer[4][4] = {{0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}};
  return (kBayer[y & 3][x & 3] + 0.5) / 16 - 0.5;
}

}  // namespace

Palette::Palette(const std::vector<cv::Mat>& pictures) : known_(std::size_t{1} << 18, std::int16_t{-1}) {
  auto samples = sample(pictures);
  std::sort(samples.begin(), samples.end(),
            [](const cv::Vec3b& a, const cv::Vec3b& b) { return interleaved(a) < interleaved(b); });
  std::unique_copy(samples.begin(), samples.end(), std::back_inserter(colours_));
  if (colours_.size() <= kColours) return;
  colours_.clear();
  const int count = static_cast<int>(samples.size());
  cv::Mat points(count, 3, CV_32F), labels(count, 1, CV_32S), centres;
  for (int i = 0; i < count; ++i) {
    for (int c = 0; c < 3; ++c) points.at<float>(i, c) = samples[static_cast<std::size_t>(i)][c];
    // Begun from a given partition, k-means draws nothing from OpenCV's global random numbers.
    labels.at<int>(i) = static_cast<int>(static_cast<std::size_t>(i) * kColours / samples.size());
  }
  cv::kmeans(points, static_cast<int>(kColours), labels, cv::TermCriteria(cv::TermCriteria::COUNT, 12, 0), 1,
             cv::KMEANS_USE_INITIAL_LABELS, centres);
  for (int i = 0; i < centres.rows; ++i) {
    cv::Vec3b colour;
    for (int c = 0; c < 3; ++c) colour[c] = cv::saturate_cast<uchar>(centres.at<float>(i, c));
    colours_.push_back(colour);
  }
}

std::uint8_t Palette::nearest(const cv::Vec3b& colour) {
  auto& known = known_[static_cast<std::size_t>(colour[0] >> 2) << 12 | static_cast<std::size_t>(colour[1] >> 2) << 6 |
                       static_cast<std::size_t>(colour[2] >> 2)];
  if (known >= 0) return static_cast<std::uint8_t>(known);
  int best_distance = std::numeric_limits<int>::max();
  for (std::size_t i = 0; i < colours_.size(); ++i) {
    int distance = 0;
    for (int c = 0; c < 3; ++c) {
      const int away = int{colours_[i][c]} - ((colour[c] & ~3) + 2);  // the middle of the four that share this entry
      distance += away * away;
    }
    if (distance >= best_distance) continue;
    best_distance = distance;
    known = static_cast<std::int16_t>(i);
  }
  return static_cast<std::uint8_t>(known);
}

cv::Mat Palette::indices_of(const cv::Mat& picture) {
  const double spread = colours_.size() < kColours ? 0 : kDitherSpread;  // all colours are there: nothing to dither
  cv::Mat indices(picture.size(), CV_8UC1);
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      cv::Vec3b colour = picture.at<cv::Vec3b>(y, x);
      for (int c = 0; c < 3; ++c) colour[c] = cv::saturate_cast<uchar>(colour[c] + spread * dither_at(x, y));
      indices.at<uchar>(y, x) = nearest(colour);
    }
  }
  return indices;
}

}  // namespace magicface::image
