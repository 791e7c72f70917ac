// SPDX-License-Identifier: Apache-2.0
#include "magicface/image/blend.hpp"

#include <opencv2/imgproc.hpp>

#include "picture_helpers.hpp"

namespace magicface::image {
namespace {

TEST(FeatheredMask, IsZeroAtTheBorderOneInsideAndMonotone) {
  const cv::Mat mask = feathered_mask({65, 65}, 8);
  ASSERT_EQ(mask.type(), CV_32FC1);
  for (int i = 0; i < 65; ++i) {
    EXPECT_EQ(mask.at<float>(0, i), 0.0F);
    EXPECT_EQ(mask.at<float>(64, i), 0.0F);
    EXPECT_EQ(mask.at<float>(i, 0), 0.0F);
    EXPECT_EQ(mask.at<float>(i, 64), 0.0F);
  }
  EXPECT_EQ(cv::countNonZero(mask(cv::Rect(8, 8, 49, 49)) != 1.0F), 0);
  EXPECT_FLOAT_EQ(mask.at<float>(32, 4), 0.5F);  // smoothstep halfway
  for (int x = 1; x <= 8; ++x) EXPECT_GT(mask.at<float>(32, x), mask.at<float>(32, x - 1));
  cv::Mat mirrored;
  cv::flip(mask, mirrored, -1);
  EXPECT_EQ(largest_difference(mask, mirrored), 0);
}

TEST(FeatheredMask, ExtremeFeathersKeepAMiddle) {
  EXPECT_EQ(feathered_mask({9, 9}, 100).at<float>(4, 4), 1.0F);
  EXPECT_EQ(feathered_mask({9, 9}, 0).at<float>(1, 1), 1.0F);
  EXPECT_EQ(feathered_mask({9, 9}, -3).at<float>(0, 1), 0.0F);
  EXPECT_THROW(feathered_mask({0, 0}, 1), ItemError);
}

/// Picture pixels outside the crop, by the transform alone.
bool far_outside(int x, int y, const cv::Matx23d& m, int side) {
  const cv::Vec2d at = m * cv::Vec3d(x, y, 1);
  return at[0] < -0.1 || at[1] < -0.1 || at[0] > side - 0.9 || at[1] > side - 0.9;
}

TEST(PasteBack, LeavesEverythingOutsideTheMaskAlone) {
  const std::vector<cv::Matx23d> transforms{{2.0, 0, -60, 0, 2.0, -40},       // the crop was enlarged
                                            {0.5, 0, -3, 0, 0.5, -4},         // the crop was shrunk
                                            {1.3, 0.4, -70, -0.4, 1.3, 10},   // turned
                                            {1.0, 0, 20, 0, 1.0, 30},         // reaches beyond the picture
                                            {1.0, 0, -5000, 0, 1.0, -5000}};  // lies outside altogether
  for (const auto& m : transforms) {
    Picture target{gradient({120, 90}), cv::Mat(90, 120, CV_8UC1, cv::Scalar(9))};
    const cv::Mat before = target.rgb.clone();
    const cv::Mat edited(64, 64, CV_8UC3, cv::Scalar(1, 255, 3));
    paste_back(target, edited, feathered_mask(edited.size(), 6), m);
    for (int y = 0; y < 90; ++y) {
      for (int x = 0; x < 120; ++x) {
        if (far_outside(x, y, m, 64)) {
          ASSERT_EQ(target.rgb.at<cv::Vec3b>(y, x), before.at<cv::Vec3b>(y, x));
        }
      }
    }
    EXPECT_EQ(cv::countNonZero(target.alpha != 9), 0);
  }
}

TEST(PasteBack, PutsTheEditWhereTheCropCameFrom) {
  Picture target{cv::Mat(100, 100, CV_8UC3, cv::Scalar::all(100)), {}};
  const cv::Mat edited(64, 64, CV_8UC3, cv::Scalar(10, 20, 30));
  // The crop shows picture pixels 30 .. 61 at twice the size.
  paste_back(target, edited, feathered_mask(edited.size(), 8), {2, 0, -60, 0, 2, -60});
  EXPECT_EQ(target.rgb.at<cv::Vec3b>(45, 45), cv::Vec3b(10, 20, 30));
  EXPECT_EQ(target.rgb.at<cv::Vec3b>(30, 45), cv::Vec3b::all(100));    // crop row 0: weight 0
  EXPECT_EQ(target.rgb.at<cv::Vec3b>(32, 45), cv::Vec3b(55, 60, 65));  // crop row 4 of 8: half and half
  EXPECT_EQ(target.rgb.at<cv::Vec3b>(62, 45), cv::Vec3b::all(100));
}

TEST(PasteBack, AnUneditedCropChangesNothingAtScaleOne) {
  Picture target{gradient({100, 100}), {}};
  const cv::Mat before = target.rgb.clone();
  const cv::Mat crop = before(cv::Rect(20, 30, 48, 48)).clone();
  paste_back(target, crop, cv::Mat::ones(48, 48, CV_32FC1), {1, 0, -20, 0, 1, -30});
  EXPECT_EQ(largest_difference(target.rgb, before), 0);
}

TEST(PasteBack, ShrinkingDoesNotAlias) {
  // One-pixel checks, shrunk four times, are grey; without smoothing they would stay black and white.
  cv::Mat checks(256, 256, CV_8UC3);
  for (int y = 0; y < 256; ++y) {
    for (int x = 0; x < 256; ++x) checks.at<cv::Vec3b>(y, x) = cv::Vec3b::all((x + y) % 2 == 0 ? 0 : 255);
  }
  Picture target{cv::Mat(64, 64, CV_8UC3, cv::Scalar::all(0)), {}};
  paste_back(target, checks, cv::Mat::ones(256, 256, CV_32FC1), {4, 0, 0, 0, 4, 0});
  for (int x = 8; x < 56; ++x) EXPECT_NEAR(target.rgb.at<cv::Vec3b>(32, x)[0], 127.5, 4);
}

TEST(PutLayer, KeepsTheSourceWhereNothingIsAdded) {
  Picture target{gradient({120, 90}), {}};
  const cv::Mat before = target.rgb.clone();
  const cv::Mat nothing = cv::Mat::zeros(64, 64, CV_32FC3), all = cv::Mat::ones(64, 64, CV_32F);
  put_layer(target, {nothing, all, all}, {0.7, 0.1, -5, -0.1, 0.7, 3});
  EXPECT_EQ(largest_difference(target.rgb, before), 0);
}

TEST(PutLayer, AddsAChangeToTheSourcesOwnDetail) {
  // A layer of 8 x 8 over 64 x 64: nothing of the fine ramp could come out of it, but it is still there.
  Picture target{gradient({64, 64}), {}};
  const cv::Mat before = target.rgb.clone();
  const cv::Mat change(8, 8, CV_32FC3, cv::Scalar(10, 0, -4)), all = cv::Mat::ones(8, 8, CV_32F);
  put_layer(target, {change, all, all}, {8.0 / 64, 0, 0, 0, 8.0 / 64, 0});
  for (const cv::Point at : {cv::Point(20, 20), cv::Point(21, 20), cv::Point(33, 41)}) {
    const auto& was = before.at<cv::Vec3b>(at);
    EXPECT_EQ(target.rgb.at<cv::Vec3b>(at),
              cv::Vec3b(cv::saturate_cast<uchar>(was[0] + 10), was[1], cv::saturate_cast<uchar>(was[2] - 4)));
  }
}

TEST(PutLayer, ShowsNoTraceOfHowMuchIsKeptWhereBothAreAlike) {
  for (const double density : {0.25, 2.0}) {
    Picture target{cv::Mat(cv::Size(64, 64), CV_8UC3, cv::Scalar::all(200)), {}};
    const int side = cvRound(64 * density);
    cv::Mat kept(side, side, CV_32F), colour;
    cv::RNG random(4);
    random.fill(kept, cv::RNG::UNIFORM, 0, 1);
    cv::cvtColor(200 - 200 * kept, colour, cv::COLOR_GRAY2RGB);
    put_layer(target, {colour, kept, cv::Mat::ones(side, side, CV_32F)}, {density, 0, 0, 0, density, 0});
    EXPECT_LE(largest_difference(target.rgb, cv::Mat(cv::Size(64, 64), CV_8UC3, cv::Scalar::all(200))), 1) << density;
  }
}

TEST(PutLayer, TakesTheSourceFromWhereItMovedFrom) {
  // The crop is an eighth as large and turned by a right angle: 2 to its right and 1 up is 16 down and 8 to the right.
  Picture target{cv::Mat(256, 256, CV_8UC3, cv::Scalar::all(100)), {}};
  cv::RNG random(5);
  random.fill(target.rgb, cv::RNG::UNIFORM, 0, 255);
  const cv::Mat before = target.rgb.clone();
  const cv::Mat nothing = cv::Mat::zeros(16, 16, CV_32FC3), all = cv::Mat::ones(16, 16, CV_32F);
  const cv::Mat motion(16, 16, CV_32FC2, cv::Scalar(2, -1));
  put_layer(target, {nothing, all, all, false, motion}, {0, 1.0 / 8, -8, -1.0 / 8, 0, 24});
  int inside = 0;
  for (int y = 80; y < 180; ++y) {
    for (int x = 80; x < 180; ++x)
      inside += target.rgb.at<cv::Vec3b>(y, x) == before.at<cv::Vec3b>(y + 16, x + 8) ? 1 : 0;
  }
  EXPECT_EQ(inside, 100 * 100);
  EXPECT_EQ(target.rgb.at<cv::Vec3b>(20, 20), before.at<cv::Vec3b>(20, 20));
  EXPECT_THROW(put_layer(target, {nothing, all, all, false, cv::Mat::zeros(8, 16, CV_32FC2)}, {1, 0, 0, 0, 1, 0}),
               ItemError);
}

TEST(PutLayer, AUsersMaskLimitsIt) {
  Picture target{gradient({64, 64}), {}};
  const cv::Mat before = target.rgb.clone();
  const cv::Mat red(64, 64, CV_32FC3, cv::Scalar(255, 0, 0)), all = cv::Mat::ones(64, 64, CV_32F);
  cv::Mat limit = cv::Mat::zeros(64, 64, CV_8UC1);
  limit(cv::Rect(10, 10, 20, 20)) = 255;
  put_layer(target, {red, {}, all}, {1, 0, 0, 0, 1, 0}, limit);
  EXPECT_EQ(target.rgb.at<cv::Vec3b>(20, 20), cv::Vec3b(255, 0, 0));
  cv::Mat outside = before.clone();
  target.rgb.copyTo(outside, limit == 0);
  EXPECT_EQ(largest_difference(outside, before), 0);
  EXPECT_THROW(put_layer(target, {red, {}, all}, {1, 0, 0, 0, 1, 0}, cv::Mat::ones(9, 9, CV_8UC1)), ItemError);
}

TEST(PasteBack, WrongShapesAreItemErrors) {
  Picture target{gradient({20, 20}), {}};
  const cv::Mat crop = gradient({8, 8});
  EXPECT_THROW(paste_back(target, crop, cv::Mat::ones(7, 8, CV_32FC1), {1, 0, 0, 0, 1, 0}), ItemError);
  EXPECT_THROW(paste_back(target, crop, cv::Mat::ones(8, 8, CV_8UC1), {1, 0, 0, 0, 1, 0}), ItemError);
  EXPECT_THROW(paste_back(target, crop, cv::Mat::ones(8, 8, CV_32FC1), {0, 0, 0, 0, 0, 0}), ItemError);
}

}  // namespace
}  // namespace magicface::image
