// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/text.hpp"

#include <gtest/gtest.h>

#include "magicface/core/rounding.hpp"

namespace magicface {
namespace {

TEST(ParseNumber, ReadsDecimalNumbersWithSigns) {
  EXPECT_EQ(parse_number("-6"), -6.0);
  EXPECT_EQ(parse_number("+2.5"), 2.5);
  EXPECT_EQ(parse_number("1e-3"), 1e-3);
}

TEST(ParseNumber, RefusesWhatIsNotWhollyAFiniteNumber) {
  for (const char* text : {"", "+", "-", "2,5", "2.5x", " 2", "nan", "inf", "-inf", "1e999", "++1", "+-1", "0x10"}) {
    EXPECT_FALSE(parse_number(text).has_value()) << text;
  }
}

TEST(FormatNumber, IsTheShortestSpellingThatReadsBack) {
  EXPECT_EQ(format_number(2.5), "2.5");
  EXPECT_EQ(format_number(-6), "-6");
  EXPECT_EQ(format_number(-0.0), "0");
  for (const double value : {0.1, 1.0 / 3, -123.456}) EXPECT_EQ(parse_number(format_number(value)), value);
}

TEST(FormatFixed, KeepsItsDecimals) {
  EXPECT_EQ(format_fixed(2.5, 2), "2.50");
  EXPECT_EQ(format_fixed(-1234.5678, 3), "-1234.568");
  EXPECT_EQ(format_fixed(0.5, 0), "0") << "half to even, as printf";
  EXPECT_EQ(format_fixed(-0.0, 1), "0.0");
  EXPECT_EQ(format_fixed(1e300, 3).size(), 305U);
}

TEST(Rounded, IsToDecimals) {
  EXPECT_EQ(rounded(0.1 + 0.2, 9), 0.3);
  EXPECT_EQ(rounded(-1.2345, 3), -1.235) << "half away from zero";
  EXPECT_EQ(rounded(5.465000000000001, 3), 5.465);
  EXPECT_EQ(rounded(2.5, 0), 3);
}

TEST(SizeText, IsWidthThenHeight) {
  EXPECT_EQ(size_text(640, 480), "640 x 480");
  EXPECT_EQ(size_text(std::int64_t{1} << 32, 0), "4294967296 x 0");
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), std::vector<std::string>{""});
}

TEST(Join, IsTheInverseOfSplit) {
  for (const char* text : {"a,b", ",a", "a,", ",,"}) EXPECT_EQ(join(split(text, ','), ","), text);
}

TEST(Trim, TakesWhiteSpaceFromBothEnds) {
  EXPECT_EQ(trim("  a b\t\r\n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
}

TEST(Nearest, FindsTheLikeliestSpelling) {
  const std::vector<std::string> names{"AU1", "AU12", "AU26"};
  EXPECT_EQ(nearest("au12", names), "AU12");
  EXPECT_EQ(nearest("AU27", names), "AU26");
  EXPECT_EQ(nearest("x", {}), "");
}

}  // namespace
}  // namespace magicface
