// SPDX-License-Identifier: Apache-2.0
// TIFFs with more samples a pixel than colours and one alpha, as editors write masks and spot colours.
#include <algorithm>
#include <initializer_list>

#include "magicface/image/picture.hpp"
#include "picture_helpers.hpp"

namespace magicface::image {
namespace {

using TiffSamples = PictureFiles;

void put(ByteVector& bytes, std::initializer_list<int> values) {
  for (const int value : values) {
    bytes.push_back(static_cast<std::uint8_t>(value & 255));
    bytes.push_back(static_cast<std::uint8_t>(value >> 8));
  }
}

/// Uncompressed RGB of 16 bits, one pixel of five samples (1000 2000 3000 `fourth` `fifth`), the last two of these
/// kinds.
ByteVector tiff(int fourth, int fifth, int fourth_kind, int fifth_kind) {
  ByteVector bytes{'I', 'I', 42, 0, 28, 0, 0, 0};
  put(bytes, {1000, 2000, 3000, fourth, fifth});
  put(bytes, {16, 16, 16, 16, 16});  // bits per sample, at 18
  put(bytes, {10});                  // the directory's entries, at 28
  const auto tag = [&](int name, int type, int count, int low, int high = 0) {
    put(bytes, {name, type, count, 0, low, high});
  };
  tag(256, 3, 1, 1), tag(257, 3, 1, 1), tag(258, 3, 5, 18), tag(259, 3, 1, 1), tag(262, 3, 1, 2);
  tag(273, 4, 1, 8), tag(277, 3, 1, 5), tag(278, 3, 1, 1), tag(279, 4, 1, 10), tag(338, 3, 2, fourth_kind, fifth_kind);
  put(bytes, {0, 0});
  return bytes;
}

TEST_F(TiffSamples, ColoursStayDeepAndTheChannelThatIsCalledAlphaIsAlpha) {
  const auto picture = read_picture(file("mask-alpha.tiff", tiff(77, 40000, 0, 2)));
  EXPECT_EQ(picture.deep_rgb.at<cv::Vec3w>(0, 0), cv::Vec3w(1000, 2000, 3000));
  EXPECT_EQ(picture.deep_alpha.at<std::uint16_t>(0, 0), 40000);
}

TEST_F(TiffSamples, PremultipliedColoursAreStraightened) {
  const auto picture = read_picture(file("premultiplied.tiff", tiff(32768, 77, 1, 0)));
  EXPECT_NEAR(picture.deep_rgb.at<cv::Vec3w>(0, 0)[0], 2000, 1);
  EXPECT_EQ(picture.deep_alpha.at<std::uint16_t>(0, 0), 32768);
}

TEST_F(TiffSamples, ChannelsOfNoKnownKindAreDropped) {
  const auto picture = read_picture(file("masks.tiff", tiff(77, 78, 0, 0)));
  EXPECT_EQ(picture.deep_rgb.at<cv::Vec3w>(0, 0), cv::Vec3w(1000, 2000, 3000));
  EXPECT_TRUE(picture.deep_alpha.empty());
  EXPECT_TRUE(picture.alpha.empty());
}

/// Without PhotometricInterpretation: its entry becomes Threshholding's, which changes nothing.
ByteVector without_photometric(ByteVector bytes) {
  const ByteVector entry{262 & 255, 262 >> 8, 3, 0};
  *std::search(bytes.begin(), bytes.end(), entry.begin(), entry.end()) = 263 & 255;
  return bytes;
}

/// One pixel of these bytes.
ByteVector tiff_of(std::initializer_list<std::uint8_t> samples) {
  ByteVector bytes{'I', 'I', 42, 0, 24, 0, 0, 0};
  for (const auto sample : samples) bytes.push_back(sample);  // GCC 12 warns falsely of an insertion
  bytes.resize(16);
  put(bytes, {8, 8, 8, 8});  // bits per sample, at 16
  put(bytes, {9});           // the directory's entries, at 24
  const int count = static_cast<int>(samples.size());
  const auto tag = [&](int name, int type, int values, int low, int high = 0) {
    put(bytes, {name, type, values, 0, low, high});
  };
  tag(256, 3, 1, 1), tag(257, 3, 1, 1);
  count <= 2 ? tag(258, 3, count, 8, count == 2 ? 8 : 0) : tag(258, 3, count, 16);
  tag(259, 3, 1, 1), tag(262, 3, 1, count >= 3 ? 2 : 1), tag(273, 4, 1, 8), tag(277, 3, 1, count), tag(278, 3, 1, 1);
  tag(279, 4, 1, count);
  put(bytes, {0, 0});
  return bytes;
}

TEST_F(TiffSamples, ColoursThatTheFileDoesNotNameAreGuessedByTheirNumber) {
  for (const auto& whole :
       {tiff_of({10}), tiff_of({10, 77}), tiff_of({10, 20, 30}), tiff_of({10, 20, 30, 77}), tiff(77, 40000, 0, 2)}) {
    const auto named = read_picture(file("named.tiff", whole));
    const auto guessed = read_picture(file("guessed.tiff", without_photometric(whole)));
    EXPECT_EQ(largest_difference(guessed.rgb, named.rgb), 0);
    EXPECT_EQ(guessed.metadata.grey, named.metadata.grey);
    ASSERT_EQ(guessed.alpha.empty(), named.alpha.empty());
    if (!named.alpha.empty()) {
      EXPECT_EQ(largest_difference(guessed.alpha, named.alpha), 0);
    }
  }
  EXPECT_EQ(read_picture(file("grey.tiff", without_photometric(tiff_of({10})))).rgb.at<cv::Vec3b>(0, 0),
            cv::Vec3b(10, 10, 10));
}

}  // namespace
}  // namespace magicface::image
