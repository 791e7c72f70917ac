// SPDX-License-Identifier: Apache-2.0
#include "magicface/measure/pixels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "magicface/core/error.hpp"

namespace magicface::measure {
namespace {

cv::Mat grey(int value, cv::Size size = {40, 30}) { return {size, CV_8UC3, cv::Scalar::all(value)}; }

cv::Mat noise(std::uint64_t seed, cv::Size size = {40, 30}) {
  cv::Mat picture(size, CV_8UC3);
  cv::RNG(seed).fill(picture, cv::RNG::UNIFORM, 0, 256);
  return picture;
}

TEST(Pixels, BackgroundLooksOutsideTheFaceOnly) {
  const auto before = grey(100);
  auto after = before.clone();
  after(cv::Rect(0, 0, 10, 30)).setTo(cv::Scalar(255, 0, 0));  // inside the face
  after(cv::Rect(39, 0, 1, 30)).setTo(cv::Scalar::all(151));   // a column outside, off by 51 = 0.2
  cv::Mat face = cv::Mat::zeros(before.size(), CV_8UC1);
  face(cv::Rect(0, 0, 10, 30)).setTo(255);
  EXPECT_DOUBLE_EQ(*mean_square_outside(before, after, face), 0.2 * 0.2 / 30);
  EXPECT_EQ(mean_square_outside(before, after, cv::Mat(before.size(), CV_8UC1, cv::Scalar(255))), std::nullopt);
}

TEST(Pixels, ACopyIsExactlyTheSame) {
  const auto picture = noise(1);
  EXPECT_EQ(*mean_square_outside(picture, picture.clone(), cv::Mat::zeros(picture.size(), CV_8UC1)), 0);
  EXPECT_EQ(psnr(picture, picture.clone()), kHighestPsnr);
  EXPECT_DOUBLE_EQ(ssim(picture, picture.clone()), 1);
  EXPECT_EQ(largest_difference(picture, picture.clone()), 0);
}

TEST(Pixels, PsnrOfAnEvenDifference) {
  EXPECT_NEAR(psnr(grey(100), grey(151)), -20 * std::log10(0.2), 1e-12);
  EXPECT_EQ(largest_difference(grey(100), grey(151)), 51);
}

TEST(Pixels, SsimOfFlatPicturesIsTheLuminanceTerm) {
  const double a = 100 / 255.0, b = 150 / 255.0, c1 = 1e-4;
  EXPECT_NEAR(ssim(grey(100), grey(150)), (2 * a * b + c1) / (a * a + b * b + c1), 1e-9);
}

TEST(Pixels, BandsDoNotShow) {
  // 600 rows are three bands; two pictures that differ by shifted rows only have the same windows.
  const auto tall = noise(2, {20, 600}), other = noise(3, {20, 600});
  const double whole = ssim(tall, other);
  double sum = 0;
  for (int row = 0; row + 11 <= 600; ++row) sum += ssim(tall.rowRange(row, row + 11), other.rowRange(row, row + 11));
  EXPECT_NEAR(whole, sum / 590, 1e-10);
}

TEST(Pixels, RefusesPicturesThatDoNotFit) {
  EXPECT_THROW(psnr(grey(1), grey(1, {41, 30})), ItemError);
  EXPECT_THROW(ssim(grey(1, {10, 30}), grey(1, {10, 30})), ItemError);
  EXPECT_THROW(mean_square_outside(grey(1), grey(1), cv::Mat::zeros(3, 3, CV_8UC1)), ItemError);
}

}  // namespace
}  // namespace magicface::measure
