// SPDX-License-Identifier: Apache-2.0
#include "magicface/measure/bootstrap.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "magicface/core/error.hpp"

namespace magicface::measure {
namespace {

/// Values 0, 1, ..., n - 1, each a group.
std::vector<Share> counting(int n) {
  std::vector<Share> groups;
  for (int i = 0; i < n; ++i) groups.push_back({static_cast<double>(i), 1});
  return groups;
}

TEST(Bootstrap, ValueIsTheMeanOfAllObservationsNotOfGroups) {
  const auto estimate = bootstrap({{6, 3}, {4, 1}}, Figure::mean);
  EXPECT_DOUBLE_EQ(estimate.value, 2.5);
  EXPECT_EQ(estimate.groups, 2U);
}

TEST(Bootstrap, RootMeanIsTheRootOfTheMean) {
  EXPECT_DOUBLE_EQ(bootstrap({{1, 1}, {7, 1}}, Figure::root_mean).value, 2.0);
}

TEST(Bootstrap, IntervalHoldsTheValueAndIsNearTheNormalOne) {
  const auto estimate = bootstrap(counting(100), Figure::mean, {4000, 0.95, 1});
  EXPECT_LT(estimate.low, estimate.value);
  EXPECT_GT(estimate.high, estimate.value);
  const double half = 1.96 * std::sqrt((100.0 * 100.0 - 1) / 12 / 100);  // of the mean of 0 .. 99
  EXPECT_NEAR(estimate.high - estimate.low, 2 * half, 0.1 * 2 * half);
}

TEST(Bootstrap, IntervalShrinksWithMoreGroupsAndGrowsWithConfidence) {
  const auto width = [](const Estimate& estimate) { return estimate.high - estimate.low; };
  auto few = counting(10), many = counting(10);
  for (int i = 0; i < 9; ++i) many.insert(many.end(), few.begin(), few.end());
  EXPECT_LT(width(bootstrap(many, Figure::mean)), 0.5 * width(bootstrap(few, Figure::mean)));
  EXPECT_LT(width(bootstrap(few, Figure::mean, {1000, 0.5, 0})), width(bootstrap(few, Figure::mean, {1000, 0.99, 0})));
}

TEST(Bootstrap, OrderOfGroupsDoesNotMatterAndTheSeedDoes) {
  auto groups = counting(20);
  const auto first = bootstrap(groups, Figure::mean, {200, 0.95, 7});
  std::reverse(groups.begin(), groups.end());
  const auto again = bootstrap(groups, Figure::mean, {200, 0.95, 7});
  EXPECT_DOUBLE_EQ(first.low, again.low);
  EXPECT_DOUBLE_EQ(first.high, again.high);
  const auto other = bootstrap(groups, Figure::mean, {200, 0.95, 8});
  EXPECT_TRUE(other.low != first.low || other.high != first.high);
}

TEST(Bootstrap, OneGroupOrEqualGroupsGiveAPoint) {
  for (const auto& groups : {std::vector<Share>{{6, 3}}, std::vector<Share>{{2, 1}, {2, 1}, {2, 1}}}) {
    const auto estimate = bootstrap(groups, Figure::mean);
    EXPECT_DOUBLE_EQ(estimate.low, 2);
    EXPECT_DOUBLE_EQ(estimate.high, 2);
  }
}

TEST(Bootstrap, GroupsWithoutObservationsAreLeftOut) {
  EXPECT_EQ(bootstrap({{0, 0}, {3, 1}}, Figure::mean).groups, 1U);
  EXPECT_THROW(bootstrap({{0, 0}}, Figure::mean), UsageError);
}

TEST(Bootstrap, RefusesOptionsOutOfRange) {
  EXPECT_THROW(bootstrap({{1, 1}}, Figure::mean, {0, 0.95, 0}), UsageError);
  EXPECT_THROW(bootstrap({{1, 1}}, Figure::mean, {10, 95, 0}), UsageError);
}

}  // namespace
}  // namespace magicface::measure
