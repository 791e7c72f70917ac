// SPDX-License-Identifier: Apache-2.0
#include "magicface/measure/expression.hpp"

#include <gtest/gtest.h>

#include <numbers>

#include "magicface/core/error.hpp"

namespace magicface::measure {
namespace {

TEST(Expression, SquaredErrorsOfEachUnit) {
  EXPECT_EQ(squared_errors({1, 2, 5}, {1, 4, 4.5}), (std::vector<double>{0, 4, 0.25}));
  EXPECT_THROW(squared_errors({1}, {1, 2}), UsageError);
}

TEST(Expression, DirectionCountsOnlyWhatWasMeantToMove) {
  // Right, wrong, not meant to move, too little to tell, no change at all.
  const auto share = right_directions({1, 1, 2, 0.2, 3}, {1.1, 1.5, 4, 0, 3}, {4, 0, 2, 0, 5});
  EXPECT_EQ(share.count, 3);
  EXPECT_EQ(share.sum, 1);
}

TEST(Expression, UntouchedAreThoseWithoutVariation) {
  const auto share = untouched_change({1, 2, 3}, {3, 2.5, 2}, {2, 0, 0});
  EXPECT_EQ(share.count, 2);
  EXPECT_DOUBLE_EQ(share.sum, 1.5);
}

TEST(Expression, Distance) {
  EXPECT_DOUBLE_EQ(distance({0, 3}, {4, 0}), 5);
  EXPECT_THROW(distance({0}, {}), UsageError);
}

TEST(Expression, AnglesGoTheShortWayAround) {
  EXPECT_DOUBLE_EQ(mean_square_angle({0.1, 0, 0}, {-0.2, 0, 0}), 0.03);
  EXPECT_NEAR(mean_square_angle({std::numbers::pi - 0.1, 0, 0}, {0.2 - std::numbers::pi, 0, 0}), 0.03, 1e-12);
}

}  // namespace
}  // namespace magicface::measure
