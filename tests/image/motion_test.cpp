// SPDX-License-Identifier: Apache-2.0
#include "magicface/image/motion.hpp"

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "picture_helpers.hpp"

namespace magicface::image {
namespace {

/// Structure everywhere, sampled `across` and `down` further on.
cv::Mat waves(double across = 0, double down = 0) {
  cv::Mat picture(128, 128, CV_8UC3);
  for (int y = 0; y < 128; ++y) {
    for (int x = 0; x < 128; ++x) {
      const double u = x + across, v = y + down;
      const double value = 128 + 45 * std::sin(u * 0.4) * std::cos(v * 0.35) + 25 * std::sin(0.11 * u + 0.17 * v);
      picture.at<cv::Vec3b>(y, x) = cv::Vec3b::all(cv::saturate_cast<uchar>(value));
    }
  }
  return picture;
}

/// Sum of absolute differences of an 8-bit picture from one of floats.
double distance(const cv::Mat& picture, const cv::Mat& floats) {
  cv::Mat difference;
  cv::subtract(picture, floats, difference, cv::noArray(), CV_32F);
  return cv::norm(difference, cv::NORM_L1);
}

double longest(const cv::Mat& motion) { return cv::norm(motion, cv::NORM_INF); }

TEST(Motion, IsZeroWhereNothingMoved) {
  EXPECT_EQ(longest(motion_between(waves(), waves())), 0);
  const cv::Mat tinted = waves() + cv::Scalar(6, -4, 2);
  EXPECT_EQ(longest(motion_between(waves(), tinted)), 0);
  cv::Mat grain(128, 128, CV_8UC3), noisy;
  cv::RNG random(3);
  random.fill(grain, cv::RNG::UNIFORM, 0, 3);
  cv::add(waves(), grain, noisy);
  EXPECT_LT(longest(motion_between(waves(), noisy)), 0.1);
}

TEST(Motion, SaysWhereAPictureLayBefore) {
  const cv::Mat motion = motion_between(waves(), waves(2.5, -1.5));
  const auto middle = cv::mean(motion(cv::Rect(32, 32, 64, 64)));
  EXPECT_NEAR(middle[0], 2.5, 0.1);
  EXPECT_NEAR(middle[1], -1.5, 0.1);
  const cv::Rect inside(8, 8, 112, 112);
  EXPECT_LT(distance(waves(2.5, -1.5)(inside), carried(waves(), motion)(inside)) / (3 * inside.area()), 2);
}

TEST(Motion, IsOfThePartThatMoved) {
  cv::Mat after = waves();
  waves(0, 2).rowRange(0, 64).copyTo(after.rowRange(0, 64));
  const cv::Mat motion = motion_between(waves(), after);
  EXPECT_NEAR(cv::mean(motion(cv::Rect(20, 16, 88, 32)))[1], 2, 0.2);
  EXPECT_LT(longest(motion(cv::Rect(0, 84, 128, 44))), 0.1);
}

/// Skin with a dark line like a brow, `width` high, at row `y`.
cv::Mat brow(int y, int width = 4) {
  cv::Mat picture(128, 128, CV_8UC3, cv::Scalar(190, 140, 120));
  cv::ellipse(picture, {64, y + 30}, {40, 30}, 0, 230, 310, {80, 60, 50}, width, cv::LINE_AA);
  cv::GaussianBlur(picture, picture, {}, 1.2);
  return picture;
}

TEST(Motion, FollowsAThinLineFurtherThanItsWidth) {
  const cv::Mat motion = motion_between(brow(50), brow(41));
  EXPECT_NEAR(motion.at<cv::Vec2f>(41, 64)[1], 9, 1.5);
  const cv::Rect around(40, 34, 48, 20);
  const auto error = [&](const cv::Mat& picture) { return distance(brow(41)(around), picture(around)); };
  EXPECT_LT(error(carried(brow(50), motion)), 0.3 * error(brow(50)));
}

TEST(Motion, HardlyChangesWithTheRoundingOfItsPictures) {
  cv::Mat before = brow(50), after = brow(41), other_before = before.clone(), other_after = after.clone();
  cv::RNG random(9);
  for (int i = 0; i < 160; ++i) {
    for (auto* picture : {&other_before, &other_after}) {
      auto& pixel = picture->at<cv::Vec3b>(random.uniform(0, 128), random.uniform(0, 128));
      pixel[1] = cv::saturate_cast<uchar>(pixel[1] + (i % 2 == 0 ? 1 : -1));
    }
  }
  const cv::Mat motion = motion_between(before, after), other = motion_between(other_before, other_after);
  EXPECT_GT(longest(motion), 5);
  EXPECT_LT(longest(motion - other), 0.25);
}

TEST(Motion, ABumpOfLightIsNone) {
  cv::Mat light(128, 128, CV_8UC3), after;
  for (int y = 0; y < 128; ++y) {
    for (int x = 0; x < 128; ++x) {
      const double r2 = (x - 64) * (x - 64) + (y - 80) * (y - 80);
      light.at<cv::Vec3b>(y, x) = cv::Vec3b::all(cv::saturate_cast<uchar>(30 * std::exp(-r2 / 800)));
    }
  }
  cv::add(brow(50), light, after);
  EXPECT_LT(longest(motion_between(brow(50), after)), 0.5);
}

TEST(HeldTogether, IsNotWhatIsStretchedOrFolded) {
  cv::Mat motion = cv::Mat::zeros(64, 64, CV_32FC2);
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) {
      // Left: squeezed to half; middle: stretched to ten times its height; right: upside down.
      motion.at<cv::Vec2f>(y, x)[1] = static_cast<float>((x < 20 ? 1.0 : x < 44 ? -0.9 : -2.0) * (y - 32));
    }
  }
  const cv::Mat held = held_together(motion);
  EXPECT_FLOAT_EQ(held.at<float>(32, 10), 1);
  EXPECT_FLOAT_EQ(held.at<float>(32, 32), 0);
  EXPECT_FLOAT_EQ(held.at<float>(32, 54), 0);
}

TEST(HeldTogether, IsNotWhatIsSqueezedToAQuarter) {
  cv::Mat motion = cv::Mat::zeros(64, 64, CV_32FC2);
  for (int x = 0; x < 64; ++x) motion.col(x).setTo(cv::Scalar(3.2 * (x - 32), 0));
  EXPECT_FLOAT_EQ(held_together(motion).at<float>(32, 32), 0);
}

TEST(HeldTogether, FadesIntoWhatIsNot) {
  cv::Mat motion = cv::Mat::zeros(128, 128, CV_32FC2);
  for (int y = 60; y < 68; ++y) motion.row(y).setTo(cv::Scalar(0, -2.0 * (y - 64)));
  const cv::Mat held = held_together(motion), change = held.rowRange(1, 128) - held.rowRange(0, 127);
  EXPECT_LT(held.at<float>(64, 64), 0.05);
  EXPECT_FLOAT_EQ(held.at<float>(20, 64), 1);
  EXPECT_LT(cv::norm(change, cv::NORM_INF), 0.3);
}

TEST(Undistorted, IsWhatIsTurnedAndNotWhatIsStretchedOrSqueezedOneWay) {
  cv::Mat motion = cv::Mat::zeros(64, 64, CV_32FC2);
  const double turn = 0.4;
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) {
      const double u = x - 10, v = y - 32;
      auto& move = motion.at<cv::Vec2f>(y, x);
      if (x < 20)
        move = cv::Vec2f(std::cos(turn) * u - std::sin(turn) * v - u, std::sin(turn) * u + std::cos(turn) * v - v);
      if (x >= 44) move[0] = static_cast<float>(-0.6 * (x - 54));    // two and a half times as broad
      if (x >= 20 && x < 44) move[1] = static_cast<float>(1.6 * v);  // squeezed to less than half its height
    }
  }
  const cv::Mat whole = undistorted(motion);
  EXPECT_FLOAT_EQ(whole.at<float>(32, 10), 1);
  EXPECT_FLOAT_EQ(whole.at<float>(32, 32), 0);
  EXPECT_FLOAT_EQ(whole.at<float>(32, 54), 0);
  EXPECT_FLOAT_EQ(cv::norm(undistorted(cv::Mat::zeros(8, 8, CV_32FC2)), cv::NORM_L1), 64);
}

TEST(Carried, TakesPixelsFromExactPlaces) {
  cv::Mat ramp(32, 32, CV_32FC3);
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 32; ++x) ramp.at<cv::Vec3f>(y, x) = {7.0F * x, 3.0F * y, 1};
  }
  const auto pixel = carried(ramp, cv::Mat(32, 32, CV_32FC2, cv::Scalar(2.003, -0.01))).at<cv::Vec3f>(16, 16);
  EXPECT_NEAR(pixel[0], 7 * 18.003, 1e-3);
  EXPECT_NEAR(pixel[1], 3 * 15.99, 1e-3);
  EXPECT_NEAR(pixel[2], 1, 1e-5);
}

TEST(Carried, LeavesThePixelsAloneWhereNothingMoves) {
  const cv::Mat still = cv::Mat::zeros(128, 128, CV_32FC2);
  EXPECT_EQ(distance(waves(), carried(waves(), still)), 0);
}

TEST(Carried, ComesFromWithinTheFace) {
  cv::Mat beyond = cv::Mat::zeros(128, 128, CV_32FC1);
  beyond.colRange(64, 128).setTo(1);
  const cv::Mat still = cv::Mat::zeros(128, 128, CV_32FC2);
  EXPECT_EQ(distance(from_within(beyond, still), cv::Mat::ones(128, 128, CV_32FC1)), 0);
  const cv::Mat leftwards(128, 128, CV_32FC2, cv::Scalar(12, 0)), rightwards(128, 128, CV_32FC2, cv::Scalar(-12, 0));
  const cv::Mat within = from_within(beyond, leftwards);
  EXPECT_EQ(within.at<float>(64, 40), 1) << "from the face to the face";
  EXPECT_EQ(within.at<float>(64, 58), 0) << "from beyond into the face";
  EXPECT_EQ(within.at<float>(64, 90), 1) << "what lies beyond may move there";
  EXPECT_EQ(from_within(beyond, rightwards).at<float>(64, 70), 1) << "a chin may come before a collar";
}

TEST(Motion, WrongShapesAreItemErrors) {
  EXPECT_THROW(motion_between(waves(), waves().rowRange(0, 64)), ItemError);
  EXPECT_THROW(motion_between({}, {}), ItemError);
  EXPECT_THROW(carried(waves(), cv::Mat::zeros(64, 128, CV_32FC2)), ItemError);
  EXPECT_THROW(carried(waves(), cv::Mat::zeros(128, 128, CV_32FC1)), ItemError);
}

}  // namespace
}  // namespace magicface::image
