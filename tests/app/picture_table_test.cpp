// SPDX-License-Identifier: Apache-2.0
#include "picture_table.hpp"

#include <gtest/gtest.h>

#include "magicface/core/csv.hpp"
#include "magicface/core/error.hpp"
#include "temporary_folder.hpp"

namespace magicface::app {
namespace {

/// The last column of each row; "-" is a row without values.
std::vector<PictureRow> numbers(const std::string& text, const std::string&) {
  std::vector<PictureRow> rows;
  const auto lines = parse_csv(text);
  for (auto line = lines.begin() + 1; line != lines.end(); ++line) {
    rows.push_back({line->line, {}});
    if (line->fields.back() != "-") rows.back().values = {std::stod(line->fields.back())};
  }
  return rows;
}

TEST(PictureTable, ARowOfAFolderIsForOnePictureOfItsName) {
  const TemporaryFolder folder("tables");
  folder.write("anna.csv", "a\n3\n");
  PictureTable table("--au-table");
  table.add(folder / "", numbers);
  EXPECT_EQ(table.find(folder / "run/anna.png"), std::vector<double>{3});
  EXPECT_EQ(table.find(folder / "run/./anna.png"), std::vector<double>{3}) << "the same picture";
  try {
    table.find(folder / "people/anna.png");
    FAIL() << "another picture of this name got the row, too";
  } catch (const ItemError& error) {
    const std::string text = error.what();
    for (const auto* part : {"people/anna.png", "run/anna.png", "--au-table", "file"})
      EXPECT_NE(text.find(part), std::string::npos) << text;
  }
}

std::string problem_of(PictureTable& table, const std::filesystem::path& picture) {
  try {
    table.find(picture);
    return "";
  } catch (const ItemError& error) {
    return error.what();
  }
}

TEST(PictureTable, APictureWithoutAFaceIsAProblemOfThatPictureAlone) {
  const TemporaryFolder folder("faceless");
  folder.write("anna.csv", "file,a\nx,3\n");
  folder.write("bert.csv", "file,a\nx,-\n");
  folder.write("carl.csv", "file,a\n");
  folder.write("dora.csv", "");
  PictureTable table("--au-table");
  table.add(folder / "", numbers);
  EXPECT_EQ(table.find("run/anna.png"), std::vector<double>{3});
  for (const auto* name : {"bert", "carl", "dora"}) {
    const auto problem = problem_of(table, std::filesystem::path("run") / name);
    EXPECT_NE(problem.find(name), std::string::npos) << problem;
    EXPECT_NE(problem.find("no face was read"), std::string::npos) << problem;
  }
}

TEST(PictureTable, ARowWithoutValuesIsNoSecondRow) {
  const TemporaryFolder folder("gaps");
  for (const auto* name : {"anna.png", "bert.png"}) folder.write(name, "");
  const auto file = folder.write("t.csv", "file,a\nanna.png,-\nanna.png,3\nbert.png,-\n");
  PictureTable table("--au-table");
  table.add(file, numbers);
  EXPECT_EQ(table.find(folder / "anna.png"), std::vector<double>{3});
  EXPECT_NE(problem_of(table, folder / "bert.png"), "");
  const auto twice = folder.write("u.csv", "file,a\nanna.png,1\nanna.png,3\n");
  EXPECT_THROW(PictureTable("--au-table").add(twice, numbers), UsageError);
}

}  // namespace
}  // namespace magicface::app
