// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/crop.hpp"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "magicface/core/error.hpp"
#include "points.hpp"

namespace magicface::face {
namespace {

cv::Mat ramp(cv::Size size) {
  cv::Mat rgb(size, CV_8UC3);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) rgb.at<cv::Vec3b>(y, x) = cv::Vec3b(uchar(x), uchar(y), uchar(x + y));
  }
  return rgb;
}

TEST(CropTransform, IsThePublishedFormula) {
  // Box 100 wide: a square of 150 becomes 352 of 512, so s = 352 / 150, and the box's centre goes to 256, 256.
  const cv::Rect2f box(200, 100, 100, 140);
  const auto m = crop_transform(box, 352.0 / 1.5 / 512.0, 512);
  EXPECT_NEAR(m(0, 0), 352.0 / 150.0, 1e-12);
  EXPECT_NEAR(m(0, 2), 256 - 352.0 / 150.0 * 250, 1e-9);
  EXPECT_NEAR(m(1, 2), 256 - 352.0 / 150.0 * 170, 1e-9);
  EXPECT_EQ(m(0, 1), 0);
  const auto corner = transform_point({175, 95}, m);  // corner of the 150 square
  EXPECT_NEAR(corner.x, 80, 1e-9);
  EXPECT_NEAR(corner.y, 80, 1e-9);
}

TEST(CropTransform, ARollTurnsTheCropAboutTheBoxsCentre) {
  const cv::Rect2f box(200, 100, 100, 140);
  const auto upright = crop_transform(box, 0.5, 512);
  const auto rolled = crop_transform(box, 0.5, 512, CV_PI / 2);
  EXPECT_LT(cv::norm(transform_point({250, 170}, rolled) - cv::Point2d(256, 256)), 1e-9);
  // The top of a face that lies clockwise points right in the picture and up in the crop.
  EXPECT_LT(cv::norm(transform_point({320, 170}, rolled) - transform_point({250, 100}, upright)), 1e-9);
}

TEST(CropTransform, BoxesWithoutAreaAreItemErrors) {
  EXPECT_THROW(crop_transform({0, 0, 0, 10}, 0.458, 512), ItemError);
  EXPECT_THROW(crop_transform({0, 0, 10, -1}, 0.458, 512), ItemError);
  EXPECT_THROW(crop_transform({0, 0, NAN, 10}, 0.458, 512), ItemError);
}

TEST(CropTransform, PointsMakeTheRoundTrip) {
  const auto m = crop_transform({37.5F, 61.25F, 83, 99}, 0.458, 512);
  const std::vector<cv::Point2f> points{{0, 0}, {80, 110}, {-5.5F, 300}};
  const auto back = transform_points(transform_points(points, m), invert(m));
  for (std::size_t i = 0; i < points.size(); ++i) EXPECT_LT(cv::norm(back[i] - points[i]), 1e-3);
  EXPECT_LT(largest_difference(compose(invert(m), m), cv::Matx23d::eye()), 1e-9);
  EXPECT_THROW(invert(cv::Matx23d(1, 1, 0, 1, 1, 0)), ItemError);
}

TEST(CropTransform, ComposeAppliesTheSecondArgumentFirst) {
  const cv::Matx23d twice(2, 0, 0, 0, 2, 0);
  const cv::Matx23d right(1, 0, 5, 0, 1, 0);
  EXPECT_EQ(transform_point({1, 1}, compose(right, twice)), cv::Point2d(7, 2));
  EXPECT_EQ(transform_point({1, 1}, compose(twice, right)), cv::Point2d(12, 2));
}

TEST(WarpToCrop, WholePixelShiftsAreExact) {
  const cv::Mat picture = ramp({100, 80});
  const cv::Mat crop = warp_to_crop(picture, {1, 0, -20, 0, 1, -30}, 32);
  EXPECT_EQ(cv::norm(crop, picture(cv::Rect(20, 30, 32, 32)), cv::NORM_INF), 0);
}

TEST(WarpToCrop, EnlargingIsThePlainBilinearWarp) {
  cv::Mat picture(60, 60, CV_8UC3);
  cv::RNG random(3);
  random.fill(picture, cv::RNG::UNIFORM, 0, 256);
  const cv::Matx23d m(2.25, 0, -20.5, 0, 2.25, -31.25);
  cv::Mat plain;
  cv::warpAffine(picture, plain, m, {96, 96}, cv::INTER_LINEAR);
  // Reading only a part of the picture may move OpenCV's 1/32 pixel steps by rounding, no more.
  EXPECT_LE(cv::norm(warp_to_crop(picture, m, 96), plain, cv::NORM_INF), 9);
  EXPECT_LE(cv::norm(warp_to_crop(picture, m, 96), plain, cv::NORM_L1) / double(plain.total() * 3), 0.05);
}

TEST(WarpToCrop, BordersAreBlackOrMirrored) {
  const cv::Mat picture = ramp({40, 40});
  const cv::Matx23d shifted(1, 0, 10, 0, 1, 0);  // ten columns lie left of the picture
  const cv::Mat black = warp_to_crop(picture, shifted, 30, Border::black);
  const cv::Mat mirrored = warp_to_crop(picture, shifted, 30, Border::reflect);
  EXPECT_EQ(black.at<cv::Vec3b>(5, 3), cv::Vec3b(0, 0, 0));
  EXPECT_EQ(mirrored.at<cv::Vec3b>(5, 3), cv::Vec3b(7, 5, 12));
  EXPECT_EQ(black.at<cv::Vec3b>(5, 15), mirrored.at<cv::Vec3b>(5, 15));
}

TEST(WarpToCrop, FarOutsideIsBlackOrDefined) {
  const cv::Mat picture = ramp({40, 40});
  EXPECT_EQ(cv::countNonZero(warp_to_crop(picture, {1, 0, -900, 0, 1, 700}, 16).reshape(1)), 0);
  EXPECT_NO_THROW(warp_to_crop(picture, {1, 0, -900, 0, 1, 700}, 16, Border::reflect));
  EXPECT_THROW(warp_to_crop({}, cv::Matx23d::eye(), 16), ItemError);
}

TEST(WarpToCrop, ShrinkingDoesNotAlias) {
  cv::Mat checks(400, 400, CV_8UC3);
  for (int y = 0; y < 400; ++y) {
    for (int x = 0; x < 400; ++x) checks.at<cv::Vec3b>(y, x) = cv::Vec3b::all((x + y) % 2 == 0 ? 0 : 255);
  }
  const cv::Mat crop = warp_to_crop(checks, {0.25, 0, 0, 0, 0.25, 0}, 100);
  for (int x = 8; x < 92; ++x) EXPECT_NEAR(crop.at<cv::Vec3b>(50, x)[1], 127.5, 3);
  // Position is kept: a smooth ramp keeps its values at the mapped places.
  const cv::Mat smooth = warp_to_crop(ramp({250, 250}), {0.25, 0, 0, 0, 0.25, 0}, 60);
  EXPECT_NEAR(smooth.at<cv::Vec3b>(30, 20)[0], 80, 1);
  EXPECT_NEAR(smooth.at<cv::Vec3b>(30, 20)[1], 120, 1);
}

TEST(WarpToCrop, TheCallersPictureIsUntouched) {
  const cv::Mat picture = ramp({200, 200});
  const cv::Mat before = picture.clone();
  warp_to_crop(picture, {0.3, 0, 0, 0, 0.3, 0}, 50);
  EXPECT_EQ(cv::norm(picture, before, cv::NORM_INF), 0);
}

}  // namespace
}  // namespace magicface::face
