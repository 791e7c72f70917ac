// SPDX-License-Identifier: Apache-2.0
#include "magicface/image/matching.hpp"

#include <opencv2/imgproc.hpp>

#include "magicface/image/blend.hpp"
#include "picture_helpers.hpp"

namespace magicface::image {
namespace {

/// A soft picture with structure everywhere: waves of about 16 pixels.
cv::Mat waves(cv::Size size, double phase = 0) {
  cv::Mat picture(size, CV_8UC3);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const double value = 128 + 50 * std::sin(x * 0.4 + phase) * std::cos(y * 0.35);
      picture.at<cv::Vec3b>(y, x) = {cv::saturate_cast<uchar>(value), cv::saturate_cast<uchar>(value * 0.8),
                                     cv::saturate_cast<uchar>(value * 0.6)};
    }
  }
  return picture;
}

cv::Mat filled(cv::Size size, const cv::Scalar& colour) { return {size, CV_8UC3, colour}; }

TEST(KeptStructure, IsOneWithoutAChangeAndForAChangeOfTint) {
  const cv::Mat picture = waves({128, 128});
  EXPECT_NEAR(cv::mean(kept_structure(picture, picture))[0], 1, 1e-6);
  const cv::Mat tinted = picture + cv::Scalar(20, -5, 10);
  double lowest = 0;
  cv::minMaxLoc(kept_structure(picture, tinted), &lowest);
  EXPECT_GT(lowest, 0.99);
}

TEST(KeptStructure, IsZeroWhereTheEditRedrewAndOneElsewhere) {
  const cv::Mat before = waves({128, 128});
  cv::Mat after = before.clone();
  waves({128, 128}, 3.14)(cv::Rect(64, 0, 64, 128)).copyTo(after(cv::Rect(64, 0, 64, 128)));
  const cv::Mat kept = kept_structure(before, after);
  EXPECT_GT(cv::mean(kept(cv::Rect(0, 0, 50, 128)))[0], 0.95);
  EXPECT_LT(cv::mean(kept(cv::Rect(72, 4, 50, 120)))[0], 0.05);
}

TEST(KeptStructure, SeesADarkMouthThatOpened) {
  cv::Mat before = filled({128, 128}, {180, 130, 110});
  cv::line(before, {44, 70}, {84, 70}, {90, 30, 30}, 3);
  cv::Mat after = filled({128, 128}, {180, 130, 110});
  cv::ellipse(after, {64, 74}, {20, 9}, 0, 0, 360, {40, 10, 10}, cv::FILLED);
  const cv::Mat kept = kept_structure(before, after);
  EXPECT_LT(kept.at<float>(66, 64), 0.05F);
  EXPECT_LT(kept.at<float>(82, 64), 0.05F);
  EXPECT_GT(kept.at<float>(20, 20), 0.99F);
}

TEST(KeptStructure, WrongShapesAreItemErrors) {
  EXPECT_THROW(kept_structure(waves({8, 8}), waves({9, 8})), ItemError);
  EXPECT_THROW(kept_structure({}, {}), ItemError);
}

TEST(Membrane, AConstantStaysConstant) {
  const cv::Mat values(65, 90, CV_32FC3, cv::Scalar(3, -2, 7));
  cv::Mat weights = cv::Mat::zeros(65, 90, CV_32F);
  cv::rectangle(weights, {10, 10, 60, 40}, cv::Scalar(1), 2);
  EXPECT_LT(cv::norm(membrane(values, weights), values, cv::NORM_INF), 1e-3);
}

TEST(Membrane, GoesBetweenItsEndsWithoutSteps) {
  cv::Mat values = cv::Mat::zeros(64, 128, CV_32FC3);
  values.col(127).setTo(cv::Scalar::all(100));
  cv::Mat weights = cv::Mat::zeros(64, 128, CV_32F);
  weights.col(0) = 1.0F;
  weights.col(127) = 1.0F;
  const cv::Mat surface = membrane(values, weights);
  EXPECT_NEAR(surface.at<cv::Vec3f>(32, 0)[0], 0, 6);
  EXPECT_NEAR(surface.at<cv::Vec3f>(32, 127)[0], 100, 6);
  EXPECT_NEAR(surface.at<cv::Vec3f>(32, 64)[0], 50, 12);
  for (int x = 1; x < 128; ++x) {
    EXPECT_LT(std::abs(surface.at<cv::Vec3f>(32, x)[0] - surface.at<cv::Vec3f>(32, x - 1)[0]), 8) << x;
  }
}

TEST(Membrane, WithoutAnythingKnownItIsZero) {
  const cv::Mat values(20, 20, CV_32FC3, cv::Scalar::all(9));
  EXPECT_EQ(cv::norm(membrane(values, cv::Mat::zeros(20, 20, CV_32F)), cv::NORM_INF), 0);
}

TEST(TintCorrection, TakesAnEvenTintBack) {
  const cv::Mat crop = waves({96, 96});
  const cv::Mat edited = crop + cv::Scalar(12, 6, 0);
  const cv::Mat correction = tint_correction(crop, edited, feathered_mask({96, 96}, 12), {});
  EXPECT_LT(cv::norm(correction, cv::Mat(96, 96, CV_32FC3, cv::Scalar(-12, -6, 0)), cv::NORM_INF), 1.0);
}

TEST(TintCorrection, LeavesAnEditInTheMiddleAlone) {
  const cv::Mat crop = waves({96, 96});
  cv::Mat edited = crop.clone();
  cv::circle(edited, {48, 48}, 15, {200, 20, 20}, cv::FILLED);
  EXPECT_EQ(cv::norm(tint_correction(crop, edited, feathered_mask({96, 96}, 12), {}), cv::NORM_INF), 0);
}

TEST(TintCorrection, IsKnownWhereTheStructureWasKeptAndSpreadOverTheRest) {
  const cv::Mat crop = waves({96, 96});
  cv::Mat edited = crop + cv::Scalar(12, 6, 0);
  edited(cv::Rect(30, 50, 36, 20)).setTo(cv::Scalar(40, 10, 10));
  const cv::Mat correction = tint_correction(crop, edited, feathered_mask({96, 96}, 12), kept_structure(crop, edited));
  EXPECT_NEAR(correction.at<cv::Vec3f>(60, 48)[0], -12, 3) << "inside what was redrawn";
  EXPECT_NEAR(correction.at<cv::Vec3f>(15, 48)[0], -12, 2);
}

TEST(TintCorrection, IgnoresTheBorderWhereItWasRedrawn) {
  const cv::Mat crop = waves({96, 96});
  cv::Mat edited = crop.clone();
  edited(cv::Rect(0, 0, 96, 20)).setTo(cv::Scalar::all(0));
  cv::Mat kept = cv::Mat::ones(96, 96, CV_32F);
  kept(cv::Rect(0, 0, 96, 24)) = 0.0F;
  const cv::Mat weights = feathered_mask({96, 96}, 12);
  EXPECT_EQ(cv::norm(tint_correction(crop, edited, weights, kept), cv::NORM_INF), 0);
  EXPECT_GT(cv::norm(tint_correction(crop, edited, weights, {}), cv::NORM_INF), 10);
}

TEST(Seam, IsTheStepThatAHardEdgeLeaves) {
  const cv::Mat before = filled({60, 60}, cv::Scalar::all(100));
  cv::Mat after = before.clone();
  after(cv::Rect(20, 20, 20, 20)).setTo(cv::Scalar::all(120));
  cv::Mat hard = cv::Mat::zeros(60, 60, CV_32F);
  hard(cv::Rect(20, 20, 20, 20)) = 1.0F;
  EXPECT_EQ(seam(before, before, hard), 0);
  const double step = seam(before, after, hard);
  EXPECT_GT(step, 5) << "20 levels over the two pixels at an edge";
  EXPECT_LT(step, 10.1);
  EXPECT_EQ(seam(before, after, cv::Mat::ones(60, 60, CV_32F)), 0) << "no border, no seam";
}

TEST(Seam, FeatherAndColourMatchLowerIt) {
  const cv::Mat source = waves({128, 128});
  const cv::Mat edited = source + cv::Scalar::all(25);  // an edit with a tint of its own
  const auto after = [&](const cv::Mat& weights, bool match) {
    Picture picture{source.clone(), {}};
    Layer layer;
    edited.convertTo(layer.colour, CV_32F);
    layer.weights = weights;
    if (match) layer.colour += tint_correction(source, edited, weights, {});
    put_layer(picture, layer, {1, 0, 0, 0, 1, 0});
    return seam(source, picture.rgb, weights);
  };
  cv::Mat hard = cv::Mat::zeros(128, 128, CV_32F);
  hard(cv::Rect(8, 8, 112, 112)) = 1.0F;
  const cv::Mat soft = feathered_mask({128, 128}, 16);
  EXPECT_LT(after(soft, false), 0.5 * after(hard, false));
  EXPECT_LT(after(soft, true), 0.2 * after(soft, false));
}

}  // namespace
}  // namespace magicface::image
