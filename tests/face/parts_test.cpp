// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/parts.hpp"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "magicface/face/usability.hpp"

namespace magicface::face {
namespace {

const std::vector<std::string> kClasses{"background", "skin", "l_eye", "r_eye", "nose", "mouth", "u_lip", "l_lip"};
const cv::Rect2d kBox(30, 20, 100, 130);  // middle: 80, 85

/// An upright face in a map of 160 x 160, without the named parts.
cv::Mat face_without(const std::vector<std::string>& missing) {
  cv::Mat map(160, 160, CV_8UC1, cv::Scalar(1));
  const auto draw = [&](const std::string& name, const cv::Rect& place) {
    if (std::find(missing.begin(), missing.end(), name) != missing.end()) return;
    map(place).setTo(
        cv::Scalar(static_cast<double>(std::find(kClasses.begin(), kClasses.end(), name) - kClasses.begin())));
  };
  draw("l_eye", {50, 67, 14, 6});
  draw("r_eye", {96, 67, 14, 6});
  draw("nose", {70, 85, 20, 20});
  draw("u_lip", {62, 110, 36, 5});
  draw("l_lip", {62, 116, 36, 6});
  return map;
}

FaceParts parts_of(const cv::Mat& map) { return face_parts(map, kClasses, kBox); }

std::string warning_of(const FaceParts& parts) {
  Face face;
  face.box = {100, 80, 100, 130};
  face.score = 0.9F;
  const auto usability = usability_of(face, 2, {400, 300}, 87, parts);
  EXPECT_FALSE(usability.problem);
  return usability.warnings.empty() ? "" : usability.warnings[0];
}

TEST(FaceParts, AreMeasuredInBoxes) {
  const auto parts = parts_of(face_without({}));
  EXPECT_NEAR(parts.eyes.area, 2 * 14 * 6 / 1e4, 1e-9);
  EXPECT_NEAR(parts.eyes.height, (69.5 - 85) / 100, 1e-9);
  EXPECT_NEAR(parts.nose.height, (94.5 - 85) / 100, 1e-9);
  cv::Mat larger;
  cv::resize(face_without({}), larger, {}, 2, 2, cv::INTER_NEAREST);
  const auto again = face_parts(larger, kClasses, {60, 40, 200, 260});
  EXPECT_NEAR(again.mouth.area, parts.mouth.area, 1e-9);
  EXPECT_NEAR(again.mouth.height, parts.mouth.height, 0.01);
}

TEST(FaceParts, AnUprightFaceIsToldFromOneOnItsHead) {
  const cv::Mat upright = face_without({});
  EXPECT_TRUE(is_clearly_upright(parts_of(upright)));
  cv::Mat turned;
  cv::flip(upright(cv::Rect(0, 10, 160, 150)), turned, -1);  // about the box's middle
  cv::copyMakeBorder(turned, turned, 10, 0, 0, 0, cv::BORDER_CONSTANT, cv::Scalar(1));
  EXPECT_FALSE(eyes_are_above(parts_of(turned)));
  EXPECT_FALSE(is_clearly_upright(parts_of(turned)));
  EXPECT_TRUE(shows_a_face(parts_of(turned)));
}

TEST(FaceParts, ACoveredFaceIsAFaceWithAWarning) {
  EXPECT_EQ(warning_of(parts_of(face_without({}))), "");
  const auto masked = parts_of(face_without({"nose", "u_lip", "l_lip"}));
  EXPECT_TRUE(shows_a_face(masked) && eyes_are_above(masked));
  EXPECT_FALSE(is_clearly_upright(masked));
  EXPECT_EQ(warning_of(masked).find("face 2 (score 0.90) is covered, or seen from the side: no nose and mouth"), 0U);
  const auto blindfold = parts_of(face_without({"l_eye", "r_eye"}));
  EXPECT_NE(warning_of(blindfold).find("no eyes to be seen"), std::string::npos);
  EXPECT_FALSE(eyes_are_above(blindfold));
}

TEST(FaceParts, AWallIsNoFace) {
  cv::Mat wall(160, 160, CV_8UC1, cv::Scalar(1));
  EXPECT_FALSE(shows_a_face(parts_of(wall)));
  wall(cv::Rect(80, 155, 3, 3)).setTo(6);  // a few stray pixels
  EXPECT_FALSE(shows_a_face(parts_of(wall)));
}

}  // namespace
}  // namespace magicface::face
