// SPDX-License-Identifier: Apache-2.0
#include "picture_table.hpp"

#include <gtest/gtest.h>

#include "magicface/core/error.hpp"
#include "temporary_folder.hpp"

namespace magicface::app {
namespace {

/// One number in a file of its own: what a folder of tables holds.
std::vector<PictureRow> number(const std::string& text, const std::string&) { return {{2, {std::stod(text)}}}; }

TEST(PictureTable, ARowOfAFolderIsForOnePictureOfItsName) {
  const TemporaryFolder folder("tables");
  folder.write("anna.csv", "3");
  PictureTable table("--au-table");
  table.add(folder / "", number);
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

}  // namespace
}  // namespace magicface::app
