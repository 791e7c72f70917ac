// SPDX-License-Identifier: Apache-2.0
#include "report_figures.hpp"

#include <gtest/gtest.h>

#include "magicface/core/error.hpp"
#include "temporary_folder.hpp"

namespace magicface::app {
namespace {
namespace fs = std::filesystem;

/// What eval writes about pictures of these names: the figure is the place in the list, from 1.
std::string figures_of(const std::vector<fs::path>& edited, const fs::path& folder = {}) {
  RecordJson items = RecordJson::array();
  for (const auto& path : edited)
    items.push_back({{"edited", path.string()}, {"figures", {{"au_mse", items.size() + 1}}}});
  RecordJson json{{"methods", {{{"items", items}}}}};
  if (!folder.empty()) json["folder"] = folder.string();
  return json.dump();
}

RecordedItem item(const fs::path& output, const std::string& key) { return {key, {}, {}, output}; }

double error_of(ReportFigures& figures, const RecordedItem& item) { return figures.of(item).value("au_mse", 0.0); }

class ReportFiguresTest : public testing::Test {
 protected:
  void touch(const std::string& name) const {
    fs::create_directories((folder_ / name).parent_path());
    folder_.write(name, "x");
  }
  ReportFigures read(const std::string& text) const { return ReportFigures(folder_.write("f.json", text)); }

  TemporaryFolder folder_{"report_figures"};
};

TEST_F(ReportFiguresTest, PathsStartAtTheFolderThatTheFileNames) {
  touch("run/x.png");
  auto figures = read(figures_of({"run/x.png"}, folder_ / ""));
  EXPECT_EQ(error_of(figures, item(folder_ / "run/x.png", "x.png")), 1);
  EXPECT_EQ(figures.found_by_name() + figures.missing(), 0U);
}

TEST_F(ReportFiguresTest, AnOlderFileMeansTheCurrentFolder) {
  touch("run/x.png");
  const auto relative = fs::relative(folder_ / "run/x.png");
  auto figures = read(figures_of({relative}));
  EXPECT_EQ(error_of(figures, item(relative, "x.png")), 1);
}

TEST_F(ReportFiguresTest, AMovedRunIsFoundByItsNamesBelowTheRun) {
  touch("new/a/x.png");
  touch("new/b/x.png");
  auto figures = read(figures_of({"old/a/x.png", "old/b/x.png"}, folder_ / ""));
  EXPECT_EQ(error_of(figures, item(folder_ / "new/a/x.png", "a/x.png")), 1);
  EXPECT_EQ(error_of(figures, item(folder_ / "new/b/x.png", "x.png")), 2) << "the longer name decides";
  EXPECT_EQ(error_of(figures, item(folder_ / "new/c/x.png", "c/x.png")), 0);
  EXPECT_EQ(error_of(figures, item(folder_ / "new/x.png", "x.png")), 0) << "it could be either";
  EXPECT_EQ(figures.found_by_name(), 2U);
  EXPECT_EQ(figures.missing(), 2U);
}

TEST_F(ReportFiguresTest, APictureThatIsStillThereIsAnotherOne) {
  touch("one/x.png");
  touch("two/x.png");
  auto figures = read(figures_of({"one/x.png"}, folder_ / ""));
  EXPECT_EQ(error_of(figures, item(folder_ / "two/x.png", "x.png")), 0);
  EXPECT_EQ(figures.missing(), 1U);
}

TEST_F(ReportFiguresTest, AnItemWithoutANameIsNotMissed) {
  auto figures = read(figures_of({""}));
  EXPECT_EQ(error_of(figures, item("", "item 2")), 0);
  EXPECT_EQ(figures.missing(), 0U);
}

TEST_F(ReportFiguresTest, OtherFilesAreRefused) {
  EXPECT_THROW(read("{}"), UsageError);
  EXPECT_THROW(read("x"), UsageError);
  EXPECT_THROW(read(R"({"folder": 1, "methods": []})"), UsageError);
  EXPECT_THROW(ReportFigures(folder_ / "gone.json"), NoInputError);
}

}  // namespace
}  // namespace magicface::app
