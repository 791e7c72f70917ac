// SPDX-License-Identifier: Apache-2.0
#include "tiff_exif.hpp"

#include <algorithm>

#include "exif_builder.hpp"
#include "magicface/image/encode.hpp"

namespace magicface::image {
namespace {

using TiffExifTest = PictureFiles;

constexpr unsigned kArtistTag = 315, kExifTag = 34665, kInteroperabilityTag = 40965;

/// A TIFF whose first directory names its EXIF directory `repeats` times, which names its child as often; the child
/// has 65535 entries of no known type. The artist comes last.
ByteVector nested(unsigned repeats) {
  ByteVector bytes{'I', 'I', 42, 0, 8, 0, 0, 0};
  const auto put = [&](unsigned value, int count) {
    for (int i = 0; i < count; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> 8 * i));
  };
  const auto entry = [&](unsigned tag, unsigned type, unsigned count, unsigned value) {
    put(tag, 2);
    put(type, 2);
    put(count, 4);
    put(value, 4);
  };
  constexpr unsigned kMost = 65535;
  const unsigned exif = 8 + 2 + 12 * (repeats + 1) + 4, child = exif + 2 + 12 * repeats + 4;
  put(repeats + 1, 2);
  for (unsigned i = 0; i < repeats; ++i) entry(kExifTag, 4, 1, exif);
  entry(kArtistTag, 2, 4, 'A' | 'n' << 8 | 'n' << 16);
  put(0, 4);
  put(repeats, 2);
  for (unsigned i = 0; i < repeats; ++i) entry(kInteroperabilityTag, 4, 1, child);
  put(0, 4);
  put(kMost, 2);
  for (unsigned i = 0; i < kMost; ++i) entry(1, 0, 1, 0);
  put(0, 4);
  return bytes;
}

bool names_the_artist(const ByteVector& exif) {
  const std::string_view name("Ann\0", 4);
  return std::search(exif.begin(), exif.end(), name.begin(), name.end()) != exif.end();
}

TEST(TiffExif, EntriesThatSayNothingCostTheirShareOfTheBudget) {
  EXPECT_TRUE(names_the_artist(exif_of_tiff(nested(1))));
  // 25 times 25 times 65535 entries would be looked at.
  EXPECT_FALSE(names_the_artist(exif_of_tiff(nested(25))));
}

TEST_F(TiffExifTest, TheSmallestPictureHasRoomForIt) {
  Picture picture{gradient({1, 1}), {}};
  picture.metadata.exif = exif_block({.across = 1, .down = 1});
  const auto back = read_picture(file("x.tiff", encode_picture(picture, {Format::tiff, {}, {}})));
  EXPECT_EQ(largest_difference(back.rgb, picture.rgb), 0);
  EXPECT_NE(std::search(back.metadata.exif.begin(), back.metadata.exif.end(), kArtist.begin(), kArtist.end()),
            back.metadata.exif.end());
}

}  // namespace
}  // namespace magicface::image
