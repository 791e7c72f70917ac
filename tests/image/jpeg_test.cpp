// SPDX-License-Identifier: Apache-2.0
// A JPEG is written as the source was: tables, chroma, progression.
#include <algorithm>
#include <iterator>

#include "magicface/image/encode.hpp"
#include "picture_helpers.hpp"

namespace magicface::image {
namespace {

using JpegTest = PictureFiles;

Picture photo() {
  cv::Mat rgb = gradient({96, 64});
  cv::RNG random(5);
  cv::Mat grain(rgb.size(), CV_8UC3);
  random.fill(grain, cv::RNG::UNIFORM, 0, 40);
  return {rgb + grain, {}};
}

TEST_F(JpegTest, WithoutAQualityTheSourceIsRepeated) {
  for (const int quality : {35, 75, 92}) {
    const auto first = encode_picture(photo(), {Format::jpg, quality, {}});
    const Picture once = read_picture(file("once.jpg", first));
    const auto second = encode_picture(once, {Format::jpg, {}, {}});
    const Picture twice = read_picture(file("twice.jpg", second));
    ASSERT_TRUE(once.metadata.coding.jpeg && twice.metadata.coding.jpeg);
    EXPECT_EQ(once.metadata.coding.jpeg->tables, twice.metadata.coding.jpeg->tables);
    EXPECT_EQ(once.metadata.coding.jpeg->luma_across, twice.metadata.coding.jpeg->luma_across);
    // Falling on the same steps again hardly loses; another quality would.
    const auto again = cv::norm(once.rgb, twice.rgb, cv::NORM_L1) / static_cast<double>(once.rgb.total() * 3);
    const auto other = read_picture(file("other.jpg", encode_picture(once, {Format::jpg, quality - 7, {}})));
    const auto drift = cv::norm(once.rgb, other.rgb, cv::NORM_L1) / static_cast<double>(once.rgb.total() * 3);
    EXPECT_LT(again, 0.6) << quality;
    EXPECT_LT(again * 2, drift) << quality;
  }
}

TEST_F(JpegTest, ChromaIsTheSourceSElseByQuality) {
  const auto across = [&](const Picture& picture, std::optional<int> quality) {
    return read_picture(file("x.jpg", encode_picture(picture, {Format::jpg, quality, {}})))
        .metadata.coding.jpeg->luma_across;
  };
  EXPECT_EQ(across(photo(), 95), 1);
  EXPECT_EQ(across(photo(), 80), 2);
  Picture halved = photo();
  halved.metadata.coding.jpeg = JpegCoding{std::vector<JpegCoding::Table>(3), 2, 2, true};
  for (auto& table : halved.metadata.coding.jpeg->tables) table.fill(3);
  EXPECT_EQ(across(halved, std::nullopt), 2);
  EXPECT_EQ(across(halved, 95), 2) << "a quality that was asked for changes the tables only";
  const auto back = read_picture(file("x.jpg", encode_picture(halved, {Format::jpg, {}, {}})));
  EXPECT_TRUE(back.metadata.coding.jpeg->progressive);
  EXPECT_EQ(back.metadata.coding.jpeg->tables[1][63], 3);
}

TEST_F(JpegTest, ExifThatNoMarkerHoldsIsLeftOutWithAWarning) {
  Picture picture = photo();
  picture.metadata.exif.assign(70000, ' ');
  std::vector<std::string> warnings;
  const auto jpeg = encode_picture(picture, {Format::jpg, {}, {}}, &warnings);
  EXPECT_TRUE(read_picture(file("x.jpg", jpeg)).metadata.exif.empty());
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(warnings[0].find("EXIF"), std::string::npos) << warnings[0];
}

/// A progressive JPEG that says its last scan, a refinement, this often.
ByteVector with_scans(std::size_t more) {
  Picture picture = photo();
  picture.metadata.coding.jpeg = JpegCoding{std::vector<JpegCoding::Table>(3), 1, 1, true};
  for (auto& table : picture.metadata.coding.jpeg->tables) table.fill(3);
  auto bytes = encode_picture(picture, {Format::jpg, {}, {}});
  constexpr std::uint8_t kStartOfScan[] = {0xFF, 0xDA};
  const auto last = std::find_end(bytes.begin(), bytes.end(), std::begin(kStartOfScan), std::end(kStartOfScan));
  const ByteVector scan(last, bytes.end() - 2);
  ByteVector repeated;
  for (std::size_t i = 0; i < more; ++i) repeated.insert(repeated.end(), scan.begin(), scan.end());
  bytes.insert(bytes.end() - 2, repeated.begin(), repeated.end());
  return bytes;
}

TEST_F(JpegTest, MoreScansThanAnyPictureNeedsAreRefused) {
  EXPECT_NO_THROW(read_picture(file("some.jpg", with_scans(50))));
  const auto message = message_of<ItemError>([&] { read_picture(file("many.jpg", with_scans(600))); });
  EXPECT_NE(message.find("500 scans"), std::string::npos) << message;
  EXPECT_NE(message.find("export it again"), std::string::npos) << message;
}

}  // namespace
}  // namespace magicface::image
