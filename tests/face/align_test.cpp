// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/align.hpp"

#include <gtest/gtest.h>

#include "magicface/core/error.hpp"
#include "points.hpp"

namespace magicface::face {
namespace {

void expect_near(const cv::Point2d& point, double x, double y) {
  EXPECT_NEAR(point.x, x, 1e-4);
  EXPECT_NEAR(point.y, y, 1e-4);
}

TEST(Align, FivePointsLandOnTheScaledTemplate) {
  const auto points = points_under(arcface_template(), {0.4, 0.1, 3, -0.1, 0.4, 9});
  const auto m = five_point_transform(points, 160);
  for (std::size_t i = 0; i < 5; ++i) {
    expect_near(transform_point(points[i], m), arcface_template()[i].x * 160 / 112,
                arcface_template()[i].y * 160 / 112);
  }
}

// Eyes 40 apart at height 100, mouth 50 below: half side max(2 * 40, 1.8 * 50) = 90 around (100, 105).
const FivePoints kUpright{{{80, 100}, {120, 100}, {100, 125}, {85, 150}, {115, 150}}};

TEST(Align, QuadOfAnUprightFace) {
  const auto m = ffhq_quad_transform(kUpright, 256);
  expect_near(transform_point({100, 105}, m), 127.5, 127.5);
  expect_near(transform_point({10, 15}, m), -0.5, -0.5);
  expect_near(transform_point({190, 195}, m), 255.5, 255.5);
  const auto eyes_decide = ffhq_quad_transform(kUpright, 256, {3.0, 1.8, 0.0});
  expect_near(transform_point({100 - 120, 100 - 120}, eyes_decide), -0.5, -0.5);
}

TEST(Align, QuadTurnsWithTheFace) {
  // A quarter turn: (x, y) -> (-y, x). The aligned picture must be the same.
  FivePoints turned;
  for (std::size_t i = 0; i < 5; ++i) turned[i] = {-kUpright[i].y, kUpright[i].x};
  const auto m = ffhq_quad_transform(turned, 256);
  expect_near(transform_point({-15, 10}, m), -0.5, -0.5);
  expect_near(transform_point({-105, 190}, m), 255.5, 127.5);
  EXPECT_THROW(ffhq_quad_transform(FivePoints{}, 256), ItemError);
}

TEST(Align, BoxIsFansByDefault) {
  // w + h = 195: a square of 200 around (cx, cy - 0.12 h) becomes 256.
  const auto m = box_transform({100, 50, 95, 100}, 256);
  expect_near(transform_point({147.5, 88}, m), 128, 128);
  expect_near(transform_point({47.5, -12}, m), 0, 0);
  EXPECT_THROW(box_transform({0, 0, 0, 0}, 256), ItemError);
}

TEST(Align, BoxShiftsDownTheRolledFace) {
  // Rolled by a quarter clockwise about (147.5, 100), the face's up is the picture's right.
  const auto m = box_transform({100, 50, 95, 100}, 256, {}, CV_PI / 2);
  expect_near(transform_point({159.5, 100}, m), 128, 128);
  expect_near(transform_point({259.5, 0}, m), 0, 0);
}

TEST(Align, RollIsReadFromEyesAndMouth) {
  EXPECT_NEAR(roll_of(kUpright), 0, 1e-6);
  FivePoints turned;
  for (std::size_t i = 0; i < 5; ++i) turned[i] = {-kUpright[i].y, kUpright[i].x};
  EXPECT_NEAR(roll_of(turned), CV_PI / 2, 1e-6);
  // One eye line of 40 tilted by 10, beside a level mouth 50 below: less than the eyes alone would say.
  auto crooked = kUpright;
  crooked[1].y += 10;
  EXPECT_GT(roll_of(crooked), 0.05);
  EXPECT_LT(roll_of(crooked), std::atan2(10, 40));
}

TEST(Align, CentreCutKeepsTheMiddle) {
  const auto m = centre_cut(ffhq_quad_transform(kUpright, 256), 256, 224);
  expect_near(transform_point({100, 105}, m), 111.5, 111.5);
}

TEST(Align, FivePointsOfLandmarks) {
  std::vector<cv::Point2f> landmarks(68);
  for (std::size_t i = 0; i < 68; ++i) landmarks[i] = {static_cast<float>(i), static_cast<float>(2 * i)};
  const auto five = five_points_of(landmarks);
  expect_near(five[0], 38.5, 77);
  expect_near(five[1], 44.5, 89);
  expect_near(five[2], 30, 60);
  expect_near(five[3], 48, 96);
  expect_near(five[4], 54, 108);
  landmarks.pop_back();
  EXPECT_THROW(five_points_of(landmarks), ItemError);
}

}  // namespace
}  // namespace magicface::face
