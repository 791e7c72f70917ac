// SPDX-License-Identifier: Apache-2.0
#include "magicface/image/encode.hpp"

#include <algorithm>
#include <string>

#include "picture_helpers.hpp"

namespace magicface::image {
namespace {

using EncodeTest = PictureFiles;

constexpr Format kAll[] = {Format::png, Format::jpg, Format::webp, Format::tiff, Format::bmp};

TEST_F(EncodeTest, EveryFormatComesBack) {
  const cv::Mat rgb = gradient({48, 32});
  for (const Format format : kAll) {
    const auto bytes = encode_picture({rgb, {}}, {format, 95, {}});
    const auto back = read_picture(file(std::string("x").append(extension_of(format)), bytes));
    const bool lossy = format == Format::jpg || format == Format::webp;
    EXPECT_LE(largest_difference(back.rgb, rgb), lossy ? 16 : 0) << extension_of(format);
    EXPECT_EQ(bytes, encode_picture({rgb, {}}, {format, 95, {}})) << "bytes must not vary";
  }
}

TEST_F(EncodeTest, AlphaSurvivesWhereTheFormatHasIt) {
  Picture picture{gradient({20, 10}), cv::Mat(10, 20, CV_8UC1, cv::Scalar(77))};
  picture.alpha.at<uchar>(3, 4) = 200;
  for (const Format format : kAll) {
    const auto back =
        read_picture(file(std::string("x").append(extension_of(format)), encode_picture(picture, {format, 100, {}})));
    if (format == Format::jpg || format == Format::bmp) {
      EXPECT_TRUE(back.alpha.empty());
    } else {
      ASSERT_FALSE(back.alpha.empty()) << extension_of(format);
      EXPECT_EQ(largest_difference(back.alpha, picture.alpha), 0) << extension_of(format);
    }
  }
}

TEST_F(EncodeTest, WrongPicturesAndQualitiesAreRefused) {
  EXPECT_THROW(encode_picture({gradient({4, 4}), {}}, {Format::jpg, 0, {}}), UsageError);
  EXPECT_THROW(encode_picture({gradient({4, 4}), {}}, {Format::jpg, 101, {}}), UsageError);
  EXPECT_THROW(encode_picture({}, {}), ItemError);
  EXPECT_THROW(encode_picture({gradient({16384, 1}), {}}, {Format::webp, 95, {}}), ItemError);
}

TEST_F(EncodeTest, QualityChangesTheSize) {
  const cv::Mat rgb = gradient({64, 64});
  EXPECT_LT(encode_picture({rgb, {}}, {Format::jpg, 30, {}}).size(),
            encode_picture({rgb, {}}, {Format::jpg, 100, {}}).size());
}

TEST_F(EncodeTest, TheRemedyIsAnotherFormatThanTheOneThatFailed) {
  Picture unnamed{gradient({4, 4}), {}};
  unnamed.metadata.texts = {{" ", "a text that PNG can't hold"}};
  const auto png = message_of<ItemError>([&] { encode_picture(unnamed, {}); });
  EXPECT_EQ(png.find("--format png"), std::string::npos) << png;
  EXPECT_NE(png.find("--format tiff"), std::string::npos) << png;
  const auto webp = message_of<ItemError>([] { encode_picture({gradient({16384, 1}), {}}, {Format::webp, {}, {}}); });
  EXPECT_NE(webp.find("--format png"), std::string::npos) << webp;
}

std::size_t position(const ByteVector& bytes, const std::string& text) {
  const ByteVector wanted(text.begin(), text.end());  // unsigned, as the bytes are
  return static_cast<std::size_t>(std::search(bytes.begin(), bytes.end(), wanted.begin(), wanted.end()) -
                                  bytes.begin());
}

TEST_F(EncodeTest, ParametersRoundTripBeforeThePixels) {
  const cv::Mat rgb = gradient({16, 16});
  const auto plain = encode_picture({rgb, {}}, {});
  EXPECT_EQ(read_png_parameters(plain), std::nullopt);
  const std::string latin = "AU12+2.5\nSteps: 50, Sampler: UniPC, café";
  const std::string wide = "портрет 顔 😀";
  for (const auto& text : {latin, wide}) {
    const auto bytes = encode_picture({rgb, {}}, {Format::png, 95, text});
    EXPECT_EQ(read_png_parameters(bytes), text);
    const std::size_t chunk = position(bytes, text == latin ? "tEXt" : "iTXt");
    EXPECT_LT(chunk, position(bytes, "IDAT"));
    EXPECT_EQ(largest_difference(read_picture(file("t.png", bytes)).rgb, rgb), 0);
    // Nothing but the chunk was added.
    auto without = bytes;
    const auto first = without.begin() + static_cast<std::ptrdiff_t>(chunk) - 4;
    without.erase(first, first + static_cast<std::ptrdiff_t>(bytes.size() - plain.size()));
    EXPECT_EQ(without, plain);
  }
  // Latin-1 inside tEXt: one byte for é.
  const auto bytes = encode_picture({rgb, {}}, {Format::png, 95, "\xC3\xA9"});
  EXPECT_LT(position(bytes, std::string("tEXtparameters\0\xE9", 16)), bytes.size());
}

TEST_F(EncodeTest, ParametersChunkHasThePublishedCrc) {
  // zlib.crc32(b'tEXtparameters\0AU12+2.5'), computed outside.
  const auto bytes = encode_picture({gradient({8, 8}), {}}, {Format::png, 95, "AU12+2.5"});
  const std::size_t end = position(bytes, "AU12+2.5") + 8;
  const ByteVector crc(bytes.begin() + static_cast<std::ptrdiff_t>(end),
                       bytes.begin() + static_cast<std::ptrdiff_t>(end) + 4);
  EXPECT_EQ(crc, (ByteVector{0xF3, 0xFF, 0x58, 0x50}));
}

TEST_F(EncodeTest, DamagedTextIsNotReadAndDamagedUtf8IsWritten) {
  auto bytes = encode_picture({gradient({8, 8}), {}}, {Format::png, 95, "hello"});
  bytes[position(bytes, "hello")] ^= 1;
  EXPECT_EQ(read_png_parameters(bytes), std::nullopt);
  bytes.resize(bytes.size() / 3);
  EXPECT_EQ(read_png_parameters(bytes), std::nullopt);
  EXPECT_EQ(read_png_parameters(ByteVector{}), std::nullopt);
  const auto odd = encode_picture({gradient({8, 8}), {}}, {Format::png, 95, std::string("a\xFF\xC3(\0b", 6)});
  EXPECT_EQ(read_png_parameters(odd),
            "a?"
            "?(?b");
}

}  // namespace
}  // namespace magicface::image
