// SPDX-License-Identifier: Apache-2.0
// EXIF orientation: the stored picture is 3 x 2 with four different corners; what must come out upright is spelled out.
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "magicface/image/encode.hpp"
#include "picture_helpers.hpp"

namespace magicface::image {
namespace {

using OrientationTest = PictureFiles;

/// A TIFF block with the one tag, big or little endian.
ByteVector exif(std::uint8_t orientation, bool little) {
  if (little) return {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0};
  return {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0};
}

/// 24 x 16 in blocks of 8 (JPEG keeps flat blocks): corner values 50 (first), 100 (right), 150 (below), 200 (opposite).
cv::Mat stored() {
  cv::Mat grey(16, 24, CV_8UC1, cv::Scalar(0));
  grey(cv::Rect(0, 0, 8, 8)) = 50;
  grey(cv::Rect(16, 0, 8, 8)) = 100;
  grey(cv::Rect(0, 8, 8, 8)) = 150;
  grey(cv::Rect(16, 8, 8, 8)) = 200;
  cv::Mat bgr;
  cv::cvtColor(grey, bgr, cv::COLOR_GRAY2BGR);
  return bgr;
}

ByteVector jpeg_with(const ByteVector& block) {
  ByteVector bytes;
  cv::imencode(".jpg", stored(), bytes, {cv::IMWRITE_JPEG_QUALITY, 100});
  ByteVector segment{0xFF, 0xE1, 0, static_cast<std::uint8_t>(block.size() + 8), 'E', 'x', 'i', 'f', 0, 0};
  segment.insert(segment.end(), block.begin(), block.end());
  bytes.insert(bytes.begin() + 2, segment.begin(), segment.end());
  return bytes;
}

struct Expected {
  std::uint8_t orientation;
  cv::Size size;
  int top_left, top_right, bottom_left, bottom_right;
};

TEST_F(OrientationTest, AllEightComeOutUpright) {
  const std::vector<Expected> table{{1, {24, 16}, 50, 100, 150, 200}, {2, {24, 16}, 100, 50, 200, 150},
                                    {3, {24, 16}, 200, 150, 100, 50}, {4, {24, 16}, 150, 200, 50, 100},
                                    {5, {16, 24}, 50, 150, 100, 200}, {6, {16, 24}, 150, 50, 200, 100},
                                    {7, {16, 24}, 200, 100, 150, 50}, {8, {16, 24}, 100, 200, 50, 150}};
  for (const auto& row : table) {
    for (const bool little : {false, true}) {
      const cv::Mat rgb = read_picture(file("o.jpg", jpeg_with(exif(row.orientation, little)))).rgb;
      ASSERT_EQ(rgb.size(), row.size) << int(row.orientation);
      const auto near = [&](int x, int y, int value) {
        EXPECT_NEAR(rgb.at<cv::Vec3b>(y, x)[0], value, 3) << "orientation " << int(row.orientation);
      };
      near(3, 3, row.top_left);
      near(rgb.cols - 4, 3, row.top_right);
      near(3, rgb.rows - 4, row.bottom_left);
      near(rgb.cols - 4, rgb.rows - 4, row.bottom_right);
    }
  }
}

TEST_F(OrientationTest, DamagedExifMeansUpright) {
  EXPECT_EQ(read_picture(file("nine.jpg", jpeg_with(exif(9, true)))).rgb.size(), cv::Size(24, 16));
  auto block = exif(6, true);
  block[4] = 0xFF;  // the directory lies beyond the block
  block[5] = 0xFF;
  EXPECT_EQ(read_picture(file("beyond.jpg", jpeg_with(block))).rgb.size(), cv::Size(24, 16));
}

/// A lossless WebP of `stored()` whose EXIF chunk holds `block`.
ByteVector webp_with(const ByteVector& block) {
  Picture picture{stored(), {}};
  picture.metadata.coding.webp_lossless = true;
  picture.metadata.exif = block;
  return encode_picture(picture, {Format::webp, {}, {}});
}

TEST_F(OrientationTest, AWebpMayHaveTheJpegPrefixBeforeItsExif) {
  ByteVector prefixed{'E', 'x', 'i', 'f', 0, 0};
  const auto block = exif(6, true);
  prefixed.insert(prefixed.end(), block.begin(), block.end());
  for (const auto& given : {block, prefixed}) {
    const auto picture = read_picture(file("o.webp", webp_with(given)));
    ASSERT_EQ(picture.rgb.size(), cv::Size(16, 24)) << given.size();
    EXPECT_EQ(picture.rgb.at<cv::Vec3b>(3, 3)[0], 150);
    EXPECT_EQ(picture.metadata.exif, exif(1, true));
  }
}

/// Uncompressed grey 3 x 2 TIFF (1 2 3 / 4 5 6), written by hand.
ByteVector tiff(std::uint8_t orientation) {
  ByteVector bytes{'I', 'I', 42, 0, 16, 0, 0, 0, 10, 20, 30, 40, 50, 60, 0, 0, 9, 0};
  const auto tag = [&](int name, std::uint8_t type, std::uint8_t value) {
    const ByteVector entry{static_cast<std::uint8_t>(name & 255),
                           static_cast<std::uint8_t>(name >> 8),
                           type,
                           0,
                           1,
                           0,
                           0,
                           0,
                           value,
                           0,
                           0,
                           0};
    bytes.insert(bytes.end(), entry.begin(), entry.end());
  };
  tag(256, 3, 3), tag(257, 3, 2), tag(258, 3, 8), tag(259, 3, 1), tag(262, 3, 1);
  tag(273, 4, 8), tag(274, 3, orientation), tag(277, 3, 1), tag(279, 4, 6);
  bytes.insert(bytes.end(), 4, 0);
  return bytes;
}

TEST_F(OrientationTest, TiffIsTurnedOnce) {
  EXPECT_EQ(read_picture(file("1.tiff", tiff(1))).rgb.at<cv::Vec3b>(0, 0)[0], 10);
  EXPECT_EQ(read_picture(file("3.tiff", tiff(3))).rgb.at<cv::Vec3b>(0, 0)[0], 60);
  EXPECT_EQ(read_picture(file("9.tiff", tiff(9))).rgb.size(), cv::Size(3, 2)) << "no orientation: upright";
  const cv::Mat turned = read_picture(file("6.tiff", tiff(6))).rgb;
  ASSERT_EQ(turned.size(), cv::Size(2, 3));
  EXPECT_EQ(turned.at<cv::Vec3b>(0, 0)[0], 40);
  EXPECT_EQ(turned.at<cv::Vec3b>(0, 1)[0], 10);
}

}  // namespace
}  // namespace magicface::image
