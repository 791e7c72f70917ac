// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/usability.hpp"

#include <gtest/gtest.h>

namespace magicface::face {
namespace {

const cv::Size kPicture(400, 300);
constexpr double kModelWidth = 87;

/// A clear face seen from the front, `width` pixels wide.
Face frontal(float x, float y, float width) {
  Face face;
  face.box = {x, y, width, 1.3F * width};
  const auto at = [&](float across, float down) { return cv::Point2f(x + across * width, y + down * width); };
  face.points = {at(0.3F, 0.45F), at(0.7F, 0.45F), at(0.5F, 0.7F), at(0.35F, 0.95F), at(0.65F, 0.95F)};
  face.has_points = true;
  face.score = 0.93F;
  return face;
}

/// The one sentence that there is, with what every sentence must say.
std::string only_warning(const Face& face, const std::string& score) {
  const auto result = usability_of(face, 3, kPicture, kModelWidth);
  EXPECT_FALSE(result.problem);
  EXPECT_EQ(result.warnings.size(), 1U);
  if (result.warnings.empty()) return {};
  EXPECT_TRUE(result.warnings[0].starts_with("face 3 (score " + score + ") ")) << result.warnings[0];
  return result.warnings[0];
}

TEST(Usability, AClearFaceHasNothingAgainstIt) {
  const auto result = usability_of(frontal(100, 80, 100), 1, kPicture, kModelWidth);
  EXPECT_FALSE(result.problem);
  EXPECT_TRUE(result.warnings.empty());
}

TEST(Usability, SmallFacesWarnAndTinyOnesAreRefused) {
  EXPECT_NE(only_warning(frontal(100, 80, 40), "0.93").find("40 pixels wide and is enlarged 2.2 times"),
            std::string::npos);
  EXPECT_TRUE(usability_of(frontal(100, 80, 44), 1, kPicture, kModelWidth).warnings.empty());
  EXPECT_FALSE(usability_of(frontal(100, 80, 32), 1, kPicture, kModelWidth).problem);
  const auto refused = usability_of(frontal(100, 80, 31), 2, kPicture, kModelWidth);
  ASSERT_TRUE(refused.problem);
  EXPECT_NE(refused.problem->find("face 2 (score 0.93) is too small: expected at least 32"), std::string::npos);
}

TEST(Usability, CutFacesWarnAndFacesMostlyOutsideAreRefused) {
  EXPECT_TRUE(usability_of(frontal(-10, 80, 100), 1, kPicture, kModelWidth).warnings.empty());
  EXPECT_NE(only_warning(frontal(-30, 80, 100), "0.93").find("cut off: 30 %"), std::string::npos);
  EXPECT_TRUE(usability_of(frontal(340, 80, 100), 1, kPicture, kModelWidth).warnings.size() == 1);
  EXPECT_TRUE(usability_of(frontal(-60, 80, 100), 1, kPicture, kModelWidth).problem);
  EXPECT_TRUE(usability_of(frontal(900, 900, 100), 1, kPicture, kModelWidth).problem);
}

TEST(Usability, ARolledBoxIsMeasuredAsItLies) {
  auto face = frontal(150, -20, 100);  // 20 of 130 rows are outside: 15.4 %
  EXPECT_EQ(usability_of(face, 1, kPicture, kModelWidth).warnings.size(), 1U);
  face.roll = CV_PI / 2;  // lying, it reaches up only to row -5: 5 %
  EXPECT_TRUE(usability_of(face, 1, kPicture, kModelWidth).warnings.empty());
}

TEST(Usability, ProfilesAndUnsureFacesWarn) {
  auto profile = frontal(100, 80, 100);
  profile.points[2].x += 30;
  EXPECT_NE(only_warning(profile, "0.93").find("turned away"), std::string::npos);
  auto covered = frontal(100, 80, 100);
  covered.score = 0.65F;
  EXPECT_NE(only_warning(covered, "0.65").find("hardly recognised"), std::string::npos);
  covered.has_points = false;  // a cascade's votes aren't a score of this kind
  EXPECT_TRUE(usability_of(covered, 1, kPicture, kModelWidth).warnings.empty());
}

}  // namespace
}  // namespace magicface::face
