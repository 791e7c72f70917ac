// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/au_table.hpp"

#include <gtest/gtest.h>

#include "magicface/core/error.hpp"
#include "published_units.hpp"

namespace magicface::face {
namespace {

AuTable read(const char* csv) { return parse_au_table(csv, "aus.csv", published()); }

TEST(AuTable, OpenFacesColumnsWithItsSpaces) {
  const auto table = read(
      "frame, face_id, success, AU01_r, AU12_r, AU45_r, AU12_c\n"
      "1, 0, 1, 0.50, 3.25, 1.00, 1\n2, 0, 0, 0, 0, 0, 0\n");
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(table.rows[0].line, 2U);
  EXPECT_EQ(table.rows[0].value[0], 0.5);
  EXPECT_EQ(table.rows[0].value[6], 3.25);
  EXPECT_EQ(table.rows[0].value[1], std::nullopt);
  EXPECT_EQ(table.ignored, std::vector<std::string>{"AU45_r"});
  EXPECT_EQ(table.unusable, std::vector<std::size_t>{3});
}

TEST(AuTable, RowsWithGapsAreLeftOutWhereThatIsAskedFor) {
  const auto left_out = [](const char* csv) { return parse_au_table(csv, "aus.csv", published(), AuGaps::leave_out); };
  const auto table = left_out("AU01_r,AU02_r,note\n1,2,\n1,,x\nnan,2,x\n3,4,x\n");
  ASSERT_EQ(table.rows.size(), 2U) << "other columns may be empty";
  EXPECT_EQ(table.rows[1].line, 5U);
  EXPECT_EQ(table.unusable, (std::vector<std::size_t>{3, 4}));
  EXPECT_TRUE(left_out("success,AU01_r\n0,1\n").rows.empty());
  EXPECT_THROW(left_out("AU01_r\nhigh\n"), UsageError);
}

TEST(AuTable, LibreFacesColumns) {
  const auto table = read("file,au_1_intensity,au_12_intensity,au_12,pitch\n\"a, b.png\",1.5,2,1,0.1\n");
  EXPECT_EQ(table.rows.at(0).value[0], 1.5);
  EXPECT_EQ(table.rows.at(0).value[6], 2.0);
}

TEST(AuTable, ColumnNamesComeBack) {
  for (const auto columns : {AuColumns::openface, AuColumns::libreface}) {
    std::string csv;
    for (const auto& name : published().names()) csv += (csv.empty() ? "" : ",") + au_column(name, columns);
    csv += "\n1,2,3,4,5,0,1,2,3,4,5,0\n";
    const auto table = read(csv.c_str());
    EXPECT_EQ(table.rows.at(0).value[11], 0.0);
    EXPECT_EQ(table.rows.at(0).value[4], 5.0);
  }
  EXPECT_EQ(au_column("AU4", AuColumns::openface), "AU04_r");
  EXPECT_EQ(au_column("AU12", AuColumns::libreface), "au_12_intensity");
  EXPECT_THROW(au_columns_from_name("opnface"), UsageError);
}

TEST(AuTable, BrokenTablesAreRefusedWithTheirLine) {
  for (const char* csv : {"", "AU01_r\n", "file,score\na,1\n", "AU01_r,AU1\n1,1\n", "AU01_r\n1,2\n", "AU01_r\nnan\n",
                          "AU01_r\nx\n", "AU01_r\n\"1\n", "success,AU01_r\n0,1\n"}) {
    EXPECT_THROW(read(csv), UsageError) << csv;
  }
  try {
    read("AU01_r,AU02_r\n1,2\n1,high\n");
    FAIL();
  } catch (const UsageError& problem) {
    EXPECT_EQ(std::string(problem.what()), "aus.csv: line 3: AU02_r is 'high'; expected a number");
  }
}

}  // namespace
}  // namespace magicface::face
