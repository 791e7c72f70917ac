// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/au_request.hpp"

#include <gtest/gtest.h>

#include "magicface/core/error.hpp"
#include "published_units.hpp"

namespace magicface::face {
namespace {

std::vector<std::string> labels(const char* text, AuSense sense = AuSense::variation) {
  std::vector<std::string> found;
  for (const auto& request : parse_requests(text, sense, published())) found.push_back(request.label);
  return found;
}
using Labels = std::vector<std::string>;

TEST(AuRequest, OneEditWithoutRanges) {
  EXPECT_EQ(labels("AU12=2.5,AU4=-6"), Labels{"AU4-6_AU12+2.5"});
  EXPECT_EQ(labels("AU1=0"), Labels{"AU0"});
}

TEST(AuRequest, RangesSweepUpAndDown) {
  EXPECT_EQ(labels("AU12=-6:6:6"), (Labels{"AU12-6", "AU0", "AU12+6"}));
  EXPECT_EQ(labels("AU12=2:0"), (Labels{"AU12+2", "AU12+1", "AU0"}));
  EXPECT_EQ(labels("AU12=0:5:2"), (Labels{"AU0", "AU12+2", "AU12+4"})) << "LAST is reached only by whole steps";
  EXPECT_EQ(labels("AU12=0:0.3:0.1"), (Labels{"AU0", "AU12+0.1", "AU12+0.2", "AU12+0.3"}));
  EXPECT_EQ(labels("AU12=3:3"), Labels{"AU12+3"});
}

TEST(AuRequest, SeveralRangesMakeTheProduct) {
  EXPECT_EQ(labels("AU4=-1:1:2, AU12=1:2"), (Labels{"AU4-1_AU12+1", "AU4-1_AU12+2", "AU4+1_AU12+1", "AU4+1_AU12+2"}));
}

TEST(AuRequest, BadRangesAndTooManyEditsAreRefused) {
  for (const char* text : {"AU12=1:2:0", "AU12=1:2:-1", "AU12=1:2:3:4", "AU12=:2", "AU12=1:", "AU12=1:x",
                           "AU12=0:1:1e-9", "AU12=0:1000", "AU12=0:99,AU4=0:10", "AU12=1,AU12@3"}) {
    EXPECT_THROW(parse_requests(text, AuSense::variation, published()), UsageError) << text;
  }
  EXPECT_EQ(labels("AU12=1:1000").size(), kMaxEdits);
}

TEST(AuRequest, TargetsByFlagAndBySign) {
  EXPECT_EQ(labels("AU12=3,AU4=0", AuSense::target), Labels{"AU4@0_AU12@3"});
  EXPECT_EQ(labels("AU12@3,AU4=-2"), Labels{"AU4-2_AU12@3"});
  EXPECT_EQ(labels("AU12=0:4:2", AuSense::target), (Labels{"AU12@0", "AU12@2", "AU12@4"}));
  EXPECT_THROW(parse_requests("AU12=-1", AuSense::target, published()), UsageError);
  EXPECT_THROW(parse_requests("AU12@5.5", AuSense::variation, published()), UsageError);
}

TEST(AuRequest, ResolvesTargetsFromTheFacesOwnIntensities) {
  ActionUnits before(12, 1.0);
  before[6] = 0.5;
  const auto request = parse_requests("AU12@3,AU4=-2", AuSense::variation, published()).at(0);
  ASSERT_TRUE(is_absolute(request));
  ActionUnits expected(12, 0.0);
  expected[2] = -2;
  expected[6] = 2.5;
  EXPECT_EQ(resolve(request, before), expected);

  const auto relative = parse_requests("AU4=-2", AuSense::variation, published()).at(0);
  EXPECT_FALSE(is_absolute(relative));
  EXPECT_EQ(resolve(relative, {}), relative.variation) << "needs nothing about the face";
}

TEST(AuRequest, StrengthIsTheShareOfTheWay) {
  auto request = parse_requests("AU12@4", AuSense::variation, published()).at(0);
  request.strength = 0.5;
  EXPECT_EQ(resolve(request, ActionUnits(12, 1.0))[6], 1.5);
}

TEST(AuRequest, IntendedIntensitiesAreHeldToTheScale) {
  EXPECT_EQ(intended({1, 4, 2}, {-3, 3, 1}), (ActionUnits{0, 5, 3}));
}

}  // namespace
}  // namespace magicface::face
