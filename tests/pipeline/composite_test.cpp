// SPDX-License-Identifier: Apache-2.0
#include "composite.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "magicface/face/crop.hpp"
#include "magicface/image/matching.hpp"
#include "magicface/image/motion.hpp"
#include "portrait.hpp"

namespace magicface::pipeline {
namespace {

/// Skin-like: slow shading, a dark line for a mouth, and fine grain that no crop of a quarter of its size can hold.
cv::Mat skin(int side) {
  cv::Mat picture(side, side, CV_8UC3);
  cv::RNG random(7);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const double shade = 150 + 30 * std::sin(x * 0.012) + 20 * std::cos(y * 0.015) + random.uniform(-9, 10);
      picture.at<cv::Vec3b>(y, x) = {cv::saturate_cast<uchar>(shade), cv::saturate_cast<uchar>(shade * 0.75),
                                     cv::saturate_cast<uchar>(shade * 0.6)};
    }
  }
  cv::line(picture, {side / 2 - 60, side / 2 + 60}, {side / 2 + 60, side / 2 + 60}, {90, 40, 40}, 9, cv::LINE_AA);
  return picture;
}

/// A portrait of 512 pixels whose model works at 128: what it makes is soft.
class Compositing : public testing::Test {
 protected:
  void SetUp() override {
    portrait.source.rgb = skin(512);
    portrait.picture_to_crop = {0.25, 0, 0, 0, 0.25, 0};
    portrait.model_input =
        face::warp_to_crop(portrait.source.rgb, portrait.picture_to_crop, 128, face::Border::reflect);
    cv::GaussianBlur(portrait.model_input, portrait.reconstruction, {}, 1.5);
    portrait.blend_mask = image::feathered_mask({128, 128}, 12);
    unchanged.picture = portrait.reconstruction;
  }

  cv::Mat result(const cv::Mat& model_picture, const CompositeSteps& steps) const {
    image::Picture onto{portrait.source.rgb.clone(), {}};
    image::put_layer(onto, layer_of(portrait, model_picture, unchanged, steps), portrait.picture_to_crop,
                     portrait.mask);
    return onto.rgb;
  }

  /// The mouth opened, all of it tinted as a weak model tints.
  cv::Mat edited() const {
    cv::Mat picture = portrait.reconstruction + cv::Scalar(14, 8, -6);
    cv::ellipse(picture, {64, 82}, {16, 8}, 0, 0, 360, {50, 20, 20}, cv::FILLED, cv::LINE_AA);
    return picture;
  }

  cv::Mat weights_in_picture() const {
    cv::Mat weights;
    cv::warpAffine(portrait.blend_mask, weights, portrait.picture_to_crop, {512, 512},
                   cv::INTER_LINEAR | cv::WARP_INVERSE_MAP);
    return weights;
  }

  Portrait portrait;
  Unchanged unchanged;
};

TEST_F(Compositing, AnEditThatChangesNothingLeavesTheSourceWithItsGrain) {
  EXPECT_LE(cv::norm(result(portrait.reconstruction, {}), portrait.source.rgb, cv::NORM_INF), 1);
  EXPECT_GT(cv::norm(result(portrait.reconstruction, {false, false}), portrait.source.rgb, cv::NORM_INF), 10);
}

/// As a bundle does whose zeros keep the expression: the edit is compared with the model's own picture of the portrait.
class ComparedWithItsOwn : public Compositing {
 protected:
  void SetUp() override {
    Compositing::SetUp();
    unchanged = {portrait.reconstruction + kTint, true};
  }

  const cv::Scalar kTint{14, 8, -6};
};

TEST_F(ComparedWithItsOwn, WhatIsWrongWithBothPicturesIsTakenBack) {
  EXPECT_LE(cv::norm(result(unchanged.picture, {}), portrait.source.rgb, cv::NORM_INF), 1);
  cv::Mat opened = unchanged.picture.clone();
  cv::ellipse(opened, {64, 82}, {16, 8}, 0, 0, 360, cv::Scalar(50, 40, 40) + kTint, cv::FILLED, cv::LINE_AA);
  const auto mouth = [&](const CompositeSteps& steps) {
    return cv::mean(result(opened, steps)(cv::Rect(64 * 4 - 8, 82 * 4 - 8, 16, 16)));
  };
  const cv::Scalar carried = mouth({}), still = mouth({true, true, false});
  for (int channel = 0; channel < 3; ++channel) {
    EXPECT_NEAR(still[channel], channel == 0 ? 50 : 40, 4);
    EXPECT_NEAR(carried[channel], channel == 0 ? 50 : 40, 8);  // a little of the dark line is carried into the mouth
  }
}

TEST_F(ComparedWithItsOwn, LightThatChangedIsTheExpressions) {
  cv::Mat bump(128, 128, CV_32FC1);
  for (int y = 0; y < 128; ++y) {
    for (int x = 0; x < 128; ++x)
      bump.at<float>(y, x) = 30 * std::exp(-((x - 64) * (x - 64) + (y - 50) * (y - 50)) / 800.0F);
  }
  cv::Mat light, raised;
  cv::merge(std::vector<cv::Mat>{bump, bump, bump}, light);
  cv::add(unchanged.picture, light, raised, cv::noArray(), CV_8U);
  const auto change = [&] {
    cv::Mat difference;
    cv::subtract(result(raised, {}), portrait.source.rgb, difference, cv::noArray(), CV_32F);
    return cv::mean(difference(cv::Rect(64 * 4 - 8, 50 * 4 - 8, 16, 16)))[0];
  };
  EXPECT_NEAR(change(), 30, 2);
  unchanged.sampled = false;  // a decoded portrait doesn't tell light from drift
  EXPECT_LT(change(), 20);
}

TEST_F(Compositing, TheEditItselfComesFromTheModel) {
  const cv::Mat after = result(edited(), {});
  const auto mouth = after.at<cv::Vec3b>(82 * 4, 64 * 4);
  EXPECT_NEAR(mouth[0], 50, 20);
  EXPECT_NEAR(mouth[1], 20, 20);
}

TEST_F(Compositing, EachStepLowersTheSeam) {
  const auto seam_of = [&](const CompositeSteps& steps) {
    return image::seam(portrait.source.rgb, result(edited(), steps), weights_in_picture());
  };
  const double mask_only = seam_of({false, false}), colours = seam_of({true, false}), both = seam_of({true, true});
  EXPECT_LT(colours, mask_only);
  EXPECT_LT(both, 0.5 * colours);
}

TEST_F(Compositing, WhatMovedStaysAsSharpAsTheSource) {
  // The line goes down by 3 crop pixels, 12 of the source's, with the skin around it.
  cv::Mat motion(128, 128, CV_32FC2, cv::Scalar::all(0)), moved;
  for (int y = 0; y < 128; ++y) {
    for (int x = 0; x < 128; ++x) {
      motion.at<cv::Vec2f>(y, x)[1] =
          static_cast<float>(-3 * std::exp(-((x - 64) * (x - 64) + (y - 82) * (y - 82)) / 500.0));
    }
  }
  moved = image::carried(portrait.reconstruction, motion);
  const auto rows = [](const cv::Mat& rgb) {
    cv::Mat grey, means;
    cv::cvtColor(rgb(cv::Rect(236, 260, 40, 140)), grey, cv::COLOR_RGB2GRAY);
    cv::reduce(grey, means, 1, cv::REDUCE_AVG, CV_32F);
    return means;
  };
  const auto sharpest = [](const cv::Mat& means) {
    return cv::norm(means.rowRange(1, means.rows) - means.rowRange(0, means.rows - 1), cv::NORM_INF);
  };
  const auto darkest = [](const cv::Mat& means) {
    cv::Mat soft;
    cv::GaussianBlur(means, soft, {1, 31}, 0, 4);
    cv::Point at;
    cv::minMaxLoc(soft, nullptr, nullptr, &at);
    return at.y;
  };
  const cv::Mat source = rows(portrait.source.rgb);
  const cv::Mat followed = rows(result(moved, {})), still = rows(result(moved, {true, true, false}));
  EXPECT_NEAR(darkest(followed), darkest(source) + 12, 3);
  EXPECT_GT(sharpest(followed), 0.7 * sharpest(source));
  EXPECT_LT(sharpest(still), 0.5 * sharpest(source));
}

TEST_F(Compositing, AnotherFacesEditStays) {
  image::Picture onto{portrait.source.rgb.clone(), {}};
  const cv::Mat before = onto.rgb.clone();
  portrait.blend_mask.colRange(64, 128) = 0.0F;  // this face lies left
  onto.rgb(cv::Rect(300, 0, 100, 512)).setTo(cv::Scalar(1, 2, 3));
  composite(portrait, edited(), unchanged, onto);
  EXPECT_EQ(onto.rgb.at<cv::Vec3b>(100, 350), cv::Vec3b(1, 2, 3));
  EXPECT_NE(onto.rgb.at<cv::Vec3b>(328, 240), before.at<cv::Vec3b>(328, 240));
}

TEST_F(Compositing, TheSourcesMemoryIsNotTouched) {
  const cv::Mat before = portrait.source.rgb.clone();
  image::Picture onto = portrait.source;
  composite(portrait, edited(), unchanged, onto);
  EXPECT_EQ(cv::norm(portrait.source.rgb, before, cv::NORM_INF), 0);
  EXPECT_GT(cv::norm(onto.rgb, before, cv::NORM_INF), 0);
}

TEST_F(Compositing, WithoutAMaskTheModelsPictureIsTheResult) {
  portrait.blend_mask.release();
  image::Picture onto = portrait.source;
  composite(portrait, edited(), unchanged, onto);
  EXPECT_EQ(cv::norm(onto.rgb, edited(), cv::NORM_INF), 0);
}

}  // namespace
}  // namespace magicface::pipeline
