// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <opencv2/core/mat.hpp>

namespace magicface::image {

/// A picture in memory, upright, 8 bits per channel.
struct Picture {
  cv::Mat rgb;    ///< CV_8UC3, channels in the order red, green, blue
  cv::Mat alpha;  ///< CV_8UC1 of the same size, straight (not premultiplied), or empty when the file has none
};

/// What a file may ask for; checked on the header, before memory is spent on the pixels.
struct ReadLimits {
  std::int64_t max_pixels = 100'000'000;                 ///< width times height
  std::uintmax_t max_bytes = std::uintmax_t{512} << 20;  ///< size of the file; never more than 2 GiB - 1
  int max_side = 32768;                                  ///< width and height in pixels
};

/// Reads PNG, JPEG, WebP, TIFF or BMP (told by content, not by name). The EXIF orientation is applied; 16 bits per
/// channel are scaled and rounded to 8; grey becomes RGB; alpha is kept aside. Colour profiles are not converted.
/// @throws ItemError naming file, reason and remedy: missing, empty, unknown kind, beyond the limits, damaged, cut
/// short.
Picture read_picture(const std::filesystem::path& file, const ReadLimits& limits = {});

}  // namespace magicface::image
