// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/presets.hpp"

#include <gtest/gtest.h>

#include "magicface/core/error.hpp"
#include "published_units.hpp"

namespace magicface::face {
namespace {

std::string problem_of(const char* name, double intensity, const AuVocabulary& vocabulary = published()) {
  try {
    preset_request(name, intensity, vocabulary);
    return "";
  } catch (const UsageError& problem) {
    return problem.what();
  }
}

TEST(Presets, HappinessIsCheeksAndLipCorners) {
  const auto happiness = preset_request("happiness", 0.5, published());
  EXPECT_EQ(happiness.label, "happiness_x0.5");
  EXPECT_EQ(request_label(happiness, published()), "AU6+2_AU12+2");
  EXPECT_FALSE(is_absolute(happiness));
}

TEST(Presets, AShareHasNoNoise) {
  EXPECT_EQ(request_label(preset_request("happiness", 0.15, published()), published()), "AU6+0.6_AU12+0.6");
  EXPECT_EQ(preset_request("fear", 0.1, published()).variation[11], 0.3) << "not 0.30000000000000004";
  EXPECT_EQ(preset_request("fear", 0.1234, published()).variation[11], 0.37);
}

TEST(Presets, EachChangesTheFaceAndHasItsOwnLabel) {
  for (const auto& name : preset_names()) {
    const auto request = preset_request(name, 1, published());
    EXPECT_EQ(request.label, name);
    EXPECT_NE(request_label(request, published()), "AU0") << name;
    for (const double value : request.variation) EXPECT_TRUE(value >= 0 && value <= kMaxIntensity) << name;
  }
}

TEST(Presets, NeutralTakesEveryUnitToZero) {
  const ActionUnits before{0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5};
  const auto variation = resolve(neutral_request(published()), before);
  EXPECT_EQ(intended(before, variation), ActionUnits(12, 0.0));
  EXPECT_EQ(resolve(preset_request("neutral", 0.5, published()), before)[5], -2.5);
}

TEST(Presets, ProblemsAreNamed) {
  EXPECT_NE(problem_of("hapiness", 1).find("nearest is 'happiness'"), std::string::npos);
  EXPECT_NE(problem_of("fear", 1.5).find("--intensity"), std::string::npos);
  EXPECT_NE(problem_of("disgust", 1, AuVocabulary({"AU1"})).find("none of its action units"), std::string::npos);
  EXPECT_EQ(problem_of("sadness", 1, AuVocabulary({"AU1"})), "") << "units that the bundle lacks are left out";
  EXPECT_NE(preset_shortfall("anger").find("AU23"), std::string::npos);
}

TEST(Presets, LikeCopiesAnotherFace) {
  const ActionUnits reference(12, 3.0);
  const auto request = like_request(reference, 1, "anna");
  EXPECT_EQ(request.label, "like-anna");
  EXPECT_EQ(intended(ActionUnits(12, 1.0), resolve(request, ActionUnits(12, 1.0))), reference);
  EXPECT_EQ(resolve(like_request(reference, 0.5, "anna"), ActionUnits(12, 1.0)), ActionUnits(12, 1.0));
  EXPECT_THROW(like_request(reference, 2.5, "anna"), UsageError);
}

}  // namespace
}  // namespace magicface::face
