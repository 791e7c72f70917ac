// SPDX-License-Identifier: Apache-2.0
#include "pace.hpp"

#include <gtest/gtest.h>

namespace magicface::app {
namespace {

TEST(Pace, SaysRateAndTimeLeft) {
  EXPECT_EQ(pace_text(10, 20, 60), "10 a minute, 1 min left");
  EXPECT_EQ(pace_text(1, 3, 40), "1.5 a minute, 2 min left");
  EXPECT_EQ(pace_text(100, 10000, 2400), "2.5 a minute, 66 h 0 min left");
  EXPECT_EQ(pace_text(50, 60, 50), "60 a minute, 10 s left");
}

TEST(Pace, SaysNothingBeforeItKnows) {
  EXPECT_EQ(pace_text(0, 10, 5), "");
  EXPECT_EQ(pace_text(10, 10, 5), "");
}

}  // namespace
}  // namespace magicface::app
