// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <vector>

namespace magicface::image {

/// At most 256 colours for a set of pictures.
class Palette {
 public:
  /// The colours that suit the pictures best: k-means on a sample of their pixels. @param pictures CV_8UC3, not empty
  explicit Palette(const std::vector<cv::Mat>& pictures);

  const std::vector<cv::Vec3b>& colours() const { return colours_; }

  /// Every pixel as an index, dithered by its place only: equal pixels of two pictures get equal indices. CV_8UC1.
  cv::Mat indices_of(const cv::Mat& picture);

 private:
  std::uint8_t nearest(const cv::Vec3b& colour);

  std::vector<cv::Vec3b> colours_;
  std::vector<std::int16_t> known_;  ///< index by colour with 6 bits a channel; -1: not looked up yet
};

}  // namespace magicface::image
