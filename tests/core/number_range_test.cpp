// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/number_range.hpp"

#include <gtest/gtest.h>

#include "magicface/core/error.hpp"

namespace magicface {
namespace {

std::vector<double> range(const char* text) { return read_number_range("--guidance", text, 20); }

TEST(NumberRange, IsANumberOrFirstLastStep) {
  EXPECT_EQ(range("2.5"), std::vector<double>{2.5});
  EXPECT_EQ(range("1:3"), (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(range("1:2:0.5"), (std::vector<double>{1, 1.5, 2}));
  EXPECT_EQ(range("6:-6:6"), (std::vector<double>{6, 0, -6}));
}

TEST(NumberRange, HasItsLastValueWhenAStepMeetsItOnly) {
  EXPECT_EQ(range("0:0.4:0.1"), (std::vector<double>{0, 0.1, 0.2, 0.3, 0.4}));
  EXPECT_EQ(range("1:2:0.6"), (std::vector<double>{1, 1.6}));
}

TEST(NumberRange, RefusesWhatItCannotRead) {
  for (const char* text : {"", "x", "1:", "1:2:0", "1:2:-1", "1:2:3:4", "0:100:1"})
    EXPECT_THROW(range(text), UsageError) << text;
}

}  // namespace
}  // namespace magicface
