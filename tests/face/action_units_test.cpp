// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/action_units.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "magicface/core/error.hpp"
#include "published_units.hpp"

namespace magicface::face {
namespace {

ActionUnits with(std::size_t a, double value, std::size_t b = 0, double other = 0) {
  ActionUnits values(12, 0.0);
  values[b] = other;
  values[a] = value;
  return values;
}

TEST(ActionUnits, SpellingsThatWork) {
  const auto expected = with(2, -6, 6, 2.5);
  for (const char* text : {"AU4=-6,AU12=2.5", "AU12=+2.5,AU4=-6", " au4 = -6 , au12= 2.5 ", "AU04=-6.0,AU012=25e-1",
                           "AU4=-6 AU12=2.5", "Au4=-6\tAU12=2.5"}) {
    EXPECT_EQ(parse_edit(text, published()), expected) << text;
  }
  EXPECT_EQ(parse_edit("AU1=0", published()), ActionUnits(12, 0.0));
}

TEST(ActionUnits, SpellingsThatAreRefused) {
  for (const char* text : {"",
                           "  ",
                           ",",
                           "AU4",
                           "AU4=",
                           "=4",
                           "AU4=-6,",
                           ",AU4=-6",
                           "AU4=-6,,AU12=1",
                           "AU4=nan",
                           "AU4=inf",
                           "AU4=-inf",
                           "AU4=1e999",
                           "AU4=six",
                           "AU4=1=2",
                           "AU4=1,AU4=2",
                           "AU4=1,au04=1",
                           "AU3=1",
                           "4=1",
                           "AU=1",
                           "AU40=1",
                           "AU4=1;AU12=2",
                           "AU4=0x10",
                           "AU4=1,5",
                           "AU4=--6",
                           "AU4@3",
                           "AU4=1:2"}) {
    EXPECT_THROW(parse_edit(text, published()), UsageError) << text;
  }
}

TEST(ActionUnits, UnknownNameGetsTheNearest) {
  try {
    parse_edit("AU122=1", published());
    FAIL();
  } catch (const UsageError& problem) {
    EXPECT_NE(std::string(problem.what()).find("nearest is 'AU12'"), std::string::npos) << problem.what();
  }
}

TEST(ActionUnits, LeadingZerosDoNotMixUnitsUp) {
  const AuVocabulary odd({"AU1", "AU10"});
  EXPECT_EQ(odd.find("au10"), 1U);
  EXPECT_EQ(odd.find("AU01"), 0U);
  EXPECT_EQ(odd.find("AU100"), std::nullopt);
}

TEST(ActionUnits, TheReleasesFlags) {
  EXPECT_EQ(parse_release_edit("AU4+AU1", "4+2", published()), with(2, 4, 0, 2));
  EXPECT_EQ(parse_release_edit("AU4+AU1", "4+-2", published()), with(2, 4, 0, -2));
  EXPECT_EQ(parse_release_edit("AU12", "-5", published()), with(6, -5));
  for (const auto& [units, values] : std::vector<std::pair<const char*, const char*>>{
           {"AU4+AU1", "4"}, {"AU4", "4+2"}, {"", ""}, {"AU4+", "4+2"}, {"AU4+AU1", "4++2"}, {"AU4+AU4", "1+2"}}) {
    EXPECT_THROW(parse_release_edit(units, values, published()), UsageError) << units << " " << values;
  }
}

TEST(ActionUnits, Labels) {
  EXPECT_EQ(edit_label(parse_edit("AU12=2.5,AU4=-6", published()), published()), "AU4-6_AU12+2.5");
  EXPECT_EQ(edit_label(ActionUnits(12, 0.0), published()), "AU0");
  EXPECT_EQ(edit_label(parse_edit("AU12=-0", published()), published()), "AU0");
}

TEST(ActionUnits, ValuesOutsideTheRangeWarn) {
  EXPECT_TRUE(range_warnings(with(2, -10, 6, 10), published(), -10, 10).empty());
  const auto warnings = range_warnings(with(2, -10.5, 6, 10), published(), -10, 10);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].rfind("AU4=-10.5 ", 0), 0U) << warnings[0];
}

}  // namespace
}  // namespace magicface::face
