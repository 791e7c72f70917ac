// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/csv.hpp"

#include <gtest/gtest.h>

#include "magicface/core/error.hpp"

namespace magicface {
namespace {

using Fields = std::vector<std::string>;

TEST(Csv, RowsFieldsAndSpaces) {
  const auto rows = parse_csv(
      "\xEF\xBB\xBF"
      "file, AU01_r ,b\r\n\r\nx.png, 1.5,\n");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].fields, (Fields{"file", "AU01_r", "b"}));
  EXPECT_EQ(rows[1].fields, (Fields{"x.png", "1.5", ""}));
  EXPECT_EQ(rows[1].line, 3U);
  EXPECT_TRUE(parse_csv("").empty());
}

TEST(Csv, QuotedFields) {
  const auto rows = parse_csv("\"a, b\",\"say \"\"hi\"\"\"\r\nnext,\"\" ,c");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].fields, (Fields{"a, b", "say \"hi\""}));
  EXPECT_EQ(rows[1].fields, (Fields{"next", "", "c"}));
  EXPECT_EQ(rows[1].line, 2U);
}

TEST(Csv, BrokenQuotesAreRefused) {
  EXPECT_THROW(parse_csv("a,\"b\nc"), ItemError);
  EXPECT_THROW(parse_csv("\"a\"b,c"), ItemError);
}

template <typename Call>
std::string usage_problem(const Call& call) {
  try {
    call();
  } catch (const UsageError& problem) {
    return problem.what();
  }
  return "";
}

TEST(Csv, FaultsOfAGivenFileAreWrongUsageThatNamesIt) {
  EXPECT_EQ(parse_given_csv("a,b\n1,2\n", "a.csv").size(), 2U);
  EXPECT_EQ(usage_problem([] { parse_given_csv("a\n\"b", "--table a.csv"); }),
            "--table a.csv: line 2: broken quotes; a quote inside a quoted field is doubled");
  const CsvRow header{1, {"a", "b"}};
  EXPECT_NO_THROW(expect_fields_of_header({2, {"1", ""}}, header, "a.csv:2"));
  EXPECT_EQ(usage_problem([&] {
              expect_fields_of_header({2, {"1"}}, header, "a.csv:2");
            }),
            "a.csv:2: expected 2 fields as in the header, got 1");
}

TEST(Csv, AnEmptyFieldAndNanSayThatThereIsNoValue) {
  for (const auto* field : {"", " ", "nan", "NaN", "-nan"}) EXPECT_TRUE(is_missing(field)) << field;
  for (const auto* field : {"0", "-1.5", "none", "x"}) EXPECT_FALSE(is_missing(field)) << field;
}

TEST(Csv, FieldsComeBackAsTheyWere) {
  for (const std::string text : {"plain", "a, b", "say \"hi\"", " spaces ", ""}) {
    const auto rows = parse_csv(format_csv_row({"first", text}));
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].fields[1], text);
  }
}

}  // namespace
}  // namespace magicface
