// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "picture_helpers.hpp"

namespace magicface::image {

struct ExifContent {
  int orientation = 1;
  int across = 0, down = 0;
  bool little = true;
  bool thumbnail = false;
};

inline constexpr std::string_view kArtist = "A. Photographer";
inline constexpr std::string_view kThumbnail = "the face before the edit";

/// An EXIF block: Orientation, Artist and an EXIF directory with the pixel dimensions; behind them a second directory
/// with a thumbnail, or as many zeroes, so that two blocks differ in nothing but what the content says.
inline ByteVector exif_block(const ExifContent& content) {
  ByteVector bytes;
  const auto put = [&](unsigned value, int count) {
    for (int i = 0; i < count; ++i)
      bytes.push_back(static_cast<std::uint8_t>(value >> 8 * (content.little ? i : count - 1 - i)));
  };
  const auto entry = [&](unsigned tag, unsigned type, std::size_t count, unsigned value) {
    put(tag, 2);
    put(type, 2);
    put(static_cast<unsigned>(count), 4);
    put(value, type == 3 ? 2 : 4);
    if (type == 3) put(0, 2);
  };
  const auto text = [&](std::string_view letters) { bytes.insert(bytes.end(), letters.begin(), letters.end()); };
  constexpr unsigned kFirst = 8, kArtistAt = kFirst + 2 + 3 * 12 + 4, kExifAt = kArtistAt + 16,
                     kSecond = kExifAt + 2 + 2 * 12 + 4, kThumbnailAt = kSecond + 2 + 2 * 12 + 4;
  text(content.little ? std::string_view("II*\0", 4) : std::string_view("MM\0*", 4));
  put(kFirst, 4);
  put(3, 2);
  entry(0x0112, 3, 1, static_cast<unsigned>(content.orientation));
  entry(0x013B, 2, kArtist.size() + 1, kArtistAt);
  entry(0x8769, 4, 1, kExifAt);
  put(content.thumbnail ? kSecond : 0, 4);
  text(kArtist);
  put(0, 1);
  put(2, 2);
  entry(0xA002, 4, 1, static_cast<unsigned>(content.across));
  entry(0xA003, 3, 1, static_cast<unsigned>(content.down));
  put(0, 4);
  const auto second = bytes.size();
  put(2, 2);
  entry(0x0201, 4, 1, kThumbnailAt);
  entry(0x0202, 4, 1, static_cast<unsigned>(kThumbnail.size()));
  put(0, 4);
  text(kThumbnail);
  if (!content.thumbnail) std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(second), bytes.end(), std::uint8_t{0});
  return bytes;
}

}  // namespace magicface::image
