// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "magicface/image/metadata.hpp"

namespace magicface::image {

/// A picture in memory, upright. Everything works on the 8 bits; a source with 16 keeps them aside, and
/// `encode_picture` brings them back (docs/formats.md).
struct Picture {
  cv::Mat rgb;           ///< CV_8UC3, channels in the order red, green, blue
  cv::Mat alpha;         ///< CV_8UC1 of the same size, straight (not premultiplied), or empty when the file has none
  cv::Mat deep_rgb{};    ///< CV_16UC3: the source's own pixels, never edited; empty for 8-bit sources
  cv::Mat deep_alpha{};  ///< CV_16UC1, or empty
  Metadata metadata{};
  std::vector<std::string> warnings{};  ///< what reading left out, a sentence each
};

/// What a file may ask for; checked on the header, before memory is spent on the pixels.
struct ReadLimits {
  std::int64_t max_pixels = 100'000'000;                 ///< width times height
  std::uintmax_t max_bytes = std::uintmax_t{512} << 20;  ///< size of the file; never more than 2 GiB - 1
  int max_side = 32768;                                  ///< width and height in pixels
};

/// Reads PNG, JPEG, WebP, TIFF or BMP (told by content, not by name). The EXIF orientation is applied; 16 bits per
/// channel are kept and also rounded to 8; grey becomes RGB; alpha is kept aside. Colours are not converted: the
/// profile travels in the metadata (docs/formats.md).
/// @throws ItemError naming file, reason and remedy: missing, empty, of a kind that isn't read (by name: HEIC, GIF,
/// animations, several pages, CMYK, ...), beyond the limits, damaged, cut short.
Picture read_picture(const std::filesystem::path& file, const ReadLimits& limits = {});

/// Other pixels in place of the source's own: its metadata stay, corrected for the new size, and its alpha where the
/// size is the same. What the pixels of the source alone had, 16 bits and greyness, goes.
Picture replace_pixels(const Picture& source, const cv::Mat& rgb);

}  // namespace magicface::image
