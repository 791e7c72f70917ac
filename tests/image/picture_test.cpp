// SPDX-License-Identifier: Apache-2.0
#include "magicface/image/picture.hpp"

#include <opencv2/imgcodecs.hpp>

#include "magicface/image/encode.hpp"
#include "picture_helpers.hpp"

namespace magicface::image {
namespace {

using PictureTest = PictureFiles;

ByteVector encoded(const cv::Mat& bgr, const char* extension = ".png") {
  ByteVector bytes;
  EXPECT_TRUE(cv::imencode(extension, bgr, bytes));
  return bytes;
}

TEST_F(PictureTest, SixteenBitsAreRoundedToEight) {
  const cv::Mat deep = (cv::Mat_<ushort>(1, 5) << 0, 128, 129, 32896, 65535);
  const auto picture = read_picture(file("deep.png", encoded(deep)));
  ASSERT_EQ(picture.rgb.type(), CV_8UC3);
  // 128 / 257 = 0.498 and 129 / 257 = 0.502; 32896 = 128 * 257.
  const std::vector<int> expected{0, 0, 1, 128, 255};
  for (int x = 0; x < 5; ++x) EXPECT_EQ(picture.rgb.at<cv::Vec3b>(0, x), cv::Vec3b::all(uchar(expected[size_t(x)])));
  EXPECT_TRUE(picture.alpha.empty());
}

TEST_F(PictureTest, AlphaIsKeptAsideAndColoursAreRgb) {
  const cv::Mat bgra(2, 3, CV_8UC4, cv::Scalar(10, 20, 30, 40));
  const auto picture = read_picture(file("alpha.png", encoded(bgra)));
  EXPECT_EQ(picture.rgb.at<cv::Vec3b>(1, 2), cv::Vec3b(30, 20, 10));
  ASSERT_EQ(picture.alpha.type(), CV_8UC1);
  EXPECT_EQ(picture.alpha.at<uchar>(1, 2), 40);
}

TEST_F(PictureTest, NamesInAnyScriptAndWrongExtensionsWork) {
  const auto bytes = encoded(gradient({9, 7}));
  EXPECT_EQ(read_picture(file("портрет 顔.png", bytes)).rgb.size(), cv::Size(9, 7));
  EXPECT_EQ(read_picture(file("really-a-png.jpg", bytes)).rgb.size(), cv::Size(9, 7));
}

TEST_F(PictureTest, MissingEmptyAndForeignFilesSayWhatToDo) {
  EXPECT_THROW(read_picture("/no/such/file.png"), ItemError);
  EXPECT_NE(message_of<ItemError>([&] { read_picture(file("empty.png", {})); }).find("empty"), std::string::npos);
  const auto text = message_of<ItemError>([&] { read_picture(file("text.png", {'h', 'e', 'l', 'l', 'o'})); });
  EXPECT_NE(text.find("text.png"), std::string::npos);
  EXPECT_NE(text.find("convert"), std::string::npos);
  EXPECT_EQ(text.find('\n'), std::string::npos);
}

TEST_F(PictureTest, EveryShortenedFileIsAnItemErrorOrDecodes) {
  const cv::Mat rgb = gradient({40, 30});
  for (const Format format : {Format::png, Format::jpg, Format::webp, Format::tiff, Format::bmp}) {
    const auto whole = encode_picture({rgb, {}}, {format, 95, {}});
    for (std::size_t length = 1; length < whole.size() - 1; length += 1 + whole.size() / 60) {
      const ByteVector part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
      const auto path = file(std::string("short").append(extension_of(format)), part);
      // A TIFF's pixels may be complete before the file is; nothing but ItemError may come out of the others.
      if (format == Format::tiff && length > whole.size() / 2) continue;
      EXPECT_THROW(read_picture(path), ItemError) << extension_of(format) << " " << length << " of " << whole.size();
    }
  }
}

TEST_F(PictureTest, DamagedBytesNeverCrash) {
  cv::RNG random(7);
  for (const Format format : {Format::png, Format::jpg, Format::webp, Format::tiff, Format::bmp}) {
    const auto whole = encode_picture({gradient({24, 16}), {}}, {format, 95, {}});
    for (int round = 0; round < 60; ++round) {
      auto bytes = whole;
      for (int hits = 0; hits < 3; ++hits) {
        bytes[static_cast<std::size_t>(random.uniform(0, static_cast<int>(bytes.size())))] =
            static_cast<std::uint8_t>(random.uniform(0, 256));
      }
      try {
        read_picture(file("damaged", bytes));
      } catch (const ItemError&) {
      }
    }
  }
}

TEST_F(PictureTest, HugeHeadersAreRefusedBeforeDecoding) {
  auto bytes = encoded(gradient({8, 8}));
  for (const std::size_t at : {16, 20}) bytes[at] = 0x7F;  // IHDR: 2130706440 x 2130706440
  EXPECT_NE(message_of<ItemError>([&] { read_picture(file("huge.png", bytes)); }).find("2130706440 x"),
            std::string::npos);
  const auto small = file("small.png", encoded(gradient({30, 20})));
  ReadLimits limits;
  limits.max_pixels = 599;
  EXPECT_THROW(read_picture(small, limits), ItemError);
  limits.max_pixels = 600;
  EXPECT_NO_THROW(read_picture(small, limits));
  limits.max_side = 29;
  EXPECT_THROW(read_picture(small, limits), ItemError);
  limits = {};
  limits.max_bytes = 10;
  EXPECT_THROW(read_picture(small, limits), ItemError);
}

TEST_F(PictureTest, HeaderLimitsHoldForEveryFormat) {
  ReadLimits limits;
  limits.max_side = 39;
  for (const Format format : {Format::png, Format::jpg, Format::webp, Format::tiff, Format::bmp}) {
    const auto bytes = encode_picture({gradient({40, 30}), {}}, {format, 95, {}});
    const auto path = file(std::string("x").append(extension_of(format)), bytes);
    EXPECT_NE(message_of<ItemError>([&] { read_picture(path, limits); }).find("40 x 30"), std::string::npos)
        << extension_of(format);
  }
}

TEST_F(PictureTest, FloatingPointTiffIsRefusedWithARemedy) {
  const cv::Mat floating(4, 4, CV_32FC3, cv::Scalar(0.5, 0.5, 0.5));
  EXPECT_NE(message_of<ItemError>([&] { read_picture(file("f.tiff", encoded(floating, ".tiff"))); }).find("16 bit"),
            std::string::npos);
}

}  // namespace
}  // namespace magicface::image
