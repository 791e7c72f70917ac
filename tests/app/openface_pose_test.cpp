// SPDX-License-Identifier: Apache-2.0
#include "openface_pose.hpp"

#include <gtest/gtest.h>

namespace magicface::app {
namespace {

constexpr double kNear = 1e-12;

TEST(OpenfacePose, OneAngleKeepsItsSizeAndGetsOpenfacesSign) {
  EXPECT_LT(cv::norm(openface_pose({0.3, 0, 0}) - cv::Vec3d(0.3, 0, 0)), kNear) << "down is positive in both";
  EXPECT_LT(cv::norm(openface_pose({0, 0.4, 0}) - cv::Vec3d(0, -0.4, 0)), kNear) << "the picture's left is positive";
  EXPECT_LT(cv::norm(openface_pose({0, 0, 0.5}) - cv::Vec3d(0, 0, -0.5)), kNear) << "clockwise is positive";
}

/// Where the nose (towards the viewer) points, from OpenFace's angles: x right, y down, z away.
cv::Vec3d nose_of(const cv::Vec3d& r) {
  const double cx = std::cos(r[0]), sx = std::sin(r[0]), cy = std::cos(r[1]), sy = std::sin(r[1]);
  const cv::Vec3d turned(-sy, 0, -cy);                                                   // Rz leaves it, then Ry
  return {turned[0], cx * turned[1] - sx * turned[2], sx * turned[1] + cx * turned[2]};  // then Rx
}

TEST(OpenfacePose, TheNosePointsTheSameWay) {
  // A head that lowers the nose by 0.2 and is then leant by a quarter turn, counter-clockwise: the nose points right.
  const auto lying = nose_of(openface_pose({0.2, 0, CV_PI / 2}));
  EXPECT_LT(cv::norm(lying - cv::Vec3d(std::sin(0.2), 0, -std::cos(0.2))), 1e-9);
  const auto turned = nose_of(openface_pose({0, 0.3, 0}));
  EXPECT_LT(cv::norm(turned - cv::Vec3d(std::sin(0.3), 0, -std::cos(0.3))), 1e-9) << "to the picture's right";
}

}  // namespace
}  // namespace magicface::app
