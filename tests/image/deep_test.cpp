// SPDX-License-Identifier: Apache-2.0
// 16 bits per channel: what wasn't edited keeps every bit, through every format that can hold them.
#include <opencv2/imgproc.hpp>

#include "magicface/image/encode.hpp"
#include "picture_helpers.hpp"

namespace magicface::image {
namespace {

using DeepTest = PictureFiles;

cv::Mat noise(cv::Size size, int type) {
  cv::Mat values(size, type);
  cv::RNG random(3);
  random.fill(values, cv::RNG::UNIFORM, 0, 65536);
  return values;
}

/// As reading leaves it: the 8 bits are the rounded 16.
Picture deep_picture(bool alpha) {
  Picture picture;
  picture.deep_rgb = noise({40, 30}, CV_16UC3);
  picture.deep_rgb.convertTo(picture.rgb, CV_8U, 1 / 257.0);
  if (alpha) {
    picture.deep_alpha = noise({40, 30}, CV_16UC1);
    picture.deep_alpha.convertTo(picture.alpha, CV_8U, 1 / 257.0);
  }
  return picture;
}

TEST_F(DeepTest, UntouchedPixelsKeepEveryBit) {
  for (const Format format : {Format::png, Format::tiff}) {
    for (const bool alpha : {false, true}) {
      const Picture picture = deep_picture(alpha);
      const auto back = read_picture(file("x", encode_picture(picture, {format, {}, {}})));
      ASSERT_EQ(back.deep_rgb.type(), CV_16UC3);
      EXPECT_EQ(largest_difference(back.deep_rgb, picture.deep_rgb), 0) << extension_of(format);
      EXPECT_EQ(largest_difference(back.rgb, picture.rgb), 0) << extension_of(format);
      ASSERT_EQ(back.deep_alpha.empty(), !alpha);
      if (!alpha) continue;
      EXPECT_EQ(largest_difference(back.deep_alpha, picture.deep_alpha), 0) << extension_of(format);
    }
  }
}

TEST_F(DeepTest, EditedPixelsAreTheEditInEightBitsAndTheRestIsExact) {
  Picture picture = deep_picture(false);
  const cv::Rect face(5, 5, 20, 15);
  picture.rgb = picture.rgb.clone();
  picture.rgb(face) = cv::Scalar(0, 255, 100);
  const auto back = read_picture(file("x.png", encode_picture(picture, {})));
  EXPECT_EQ(largest_difference(back.rgb, picture.rgb), 0);
  cv::Mat outside = cv::Mat::ones(picture.rgb.size(), CV_8U);
  outside(face) = 0;
  cv::Mat difference;
  cv::absdiff(back.deep_rgb, picture.deep_rgb, difference);
  difference.setTo(0, outside == 0);
  EXPECT_EQ(cv::norm(difference, cv::NORM_INF), 0);
}

TEST_F(DeepTest, ASmallEditKeepsTheFineStepsUnderIt) {
  // A ramp within one 8-bit step, brightened by 3: still a ramp, not a flat patch beside one.
  Picture picture;
  picture.deep_rgb = cv::Mat(1, 100, CV_16UC3);
  for (int x = 0; x < 100; ++x) picture.deep_rgb.at<cv::Vec3w>(0, x) = cv::Vec3w::all(static_cast<ushort>(25700 + x));
  picture.rgb = cv::Mat(1, 100, CV_8UC3, cv::Scalar::all(103));
  const auto back = read_picture(file("x.png", encode_picture(picture, {})));
  for (int x = 0; x < 100; ++x)
    EXPECT_EQ(back.deep_rgb.at<cv::Vec3w>(0, x), cv::Vec3w::all(static_cast<ushort>(25700 + x + 771)));
}

TEST_F(DeepTest, FormatsWithEightBitsGetTheEight) {
  const Picture picture = deep_picture(true);
  const auto back = read_picture(file("x.bmp", encode_picture(picture, {Format::bmp, {}, {}})));
  EXPECT_TRUE(back.deep_rgb.empty());
  EXPECT_EQ(largest_difference(back.rgb, picture.rgb), 0);
}

TEST_F(DeepTest, GreyStaysGreyInEightAndSixteenBits) {
  for (const bool deep : {false, true}) {
    Picture picture;
    cv::Mat grey = noise({40, 30}, CV_16UC1);
    cv::cvtColor(grey, picture.deep_rgb, cv::COLOR_GRAY2RGB);
    picture.deep_rgb.convertTo(picture.rgb, CV_8U, 1 / 257.0);
    if (!deep) picture.deep_rgb.release();
    picture.metadata.grey = true;
    const cv::Mat untouched = picture.rgb.clone();
    picture.rgb(cv::Rect(3, 4, 10, 10)) = cv::Scalar(200, 30, 30);  // a colour cast that the model brought in
    for (const Format format : {Format::png, Format::tiff, Format::bmp}) {
      const auto back = read_picture(file("x", encode_picture(picture, {format, {}, {}})));
      EXPECT_TRUE(back.metadata.grey) << extension_of(format);
      EXPECT_EQ(back.rgb.at<cv::Vec3b>(8, 8), cv::Vec3b::all(81)) << "luma of the edit";  // 0.299 200 + 0.701 30
      EXPECT_EQ(largest_difference(back.rgb.rowRange(14, 30), untouched.rowRange(14, 30)), 0) << extension_of(format);
      if (deep && format != Format::bmp) {
        EXPECT_EQ(largest_difference(back.deep_rgb.rowRange(14, 30), picture.deep_rgb.rowRange(14, 30)), 0);
      }
    }
    EXPECT_EQ(read_picture(file("x.jpg", encode_picture(picture, {Format::jpg, {}, {}}))).metadata.grey, true);
    // WebP has no grey: equal channels, still without colour.
    Picture lossless = picture;
    lossless.metadata.coding.webp_lossless = true;
    const auto webp = read_picture(file("x.webp", encode_picture(lossless, {Format::webp, {}, {}})));
    EXPECT_EQ(webp.rgb.at<cv::Vec3b>(8, 8), cv::Vec3b::all(81));
  }
}

}  // namespace
}  // namespace magicface::image
