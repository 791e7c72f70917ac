// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/merge_job.hpp"

#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "magicface/core/error.hpp"
#include "record_file.hpp"
#include "temporary_folder.hpp"

namespace magicface::app {
namespace {

/// Two shards of five items: 1, 3, 5 and 2, 4.
class Merge : public testing::Test {
 protected:
  void shard(std::size_t index, const std::vector<std::size_t>& items, const std::string& plan = "p",
             const std::string& bundle = "b", std::size_t total = 5) const {
    RecordFile file(folder_ / record_file_name({index, 2}));
    file.run({{"bundle", {{"sha256", bundle}}},
              {"shard", {{"index", index}, {"count", 2}}},
              {"items", total},
              {"plan", plan}});
    for (const auto item : items) {
      file.item({{"item", item}, {"status", "ok"}, {"output", std::to_string(item) + ".png"}});
    }
  }
  void end(std::size_t index, const char* reason) const {
    RecordFile(folder_ / record_file_name({index, 2})).end({{"reason", reason}});
  }
  void item(std::size_t index, RecordJson line) const {
    RecordFile(folder_ / record_file_name({index, 2})).item(std::move(line));
  }
  JobResult merge() {
    MergeOptions options;
    options.records = {folder_ / ""};
    out_.str({});
    return run_merge(options, out_);
  }
  std::string order() const {
    std::string items;
    std::istringstream lines(out_.str());
    for (std::string line; std::getline(lines, line);) {
      const auto record = RecordJson::parse(line);
      items += record["event"] == "item" ? record["item"].dump() : "r";
    }
    return items;
  }
  TemporaryFolder folder_{"merge"};
  std::ostringstream out_;
};

TEST_F(Merge, JoinsInTheOrderOfThePlan) {
  shard(1, {1, 3, 5});
  shard(2, {2, 4});
  const auto result = merge();
  EXPECT_EQ(result.made, 5U);
  EXPECT_EQ(result.failed, 0U);
  EXPECT_EQ(order(), "rr12345");
}

TEST_F(Merge, ItemsFollowTheFolderThatTheirNamesAreRelativeTo) {
  for (const std::size_t index : {1, 2}) {
    const auto name = record_file_name({index, 2});
    shard(index, index == 1 ? std::vector<std::size_t>{1, 3} : std::vector<std::size_t>{2}, "p", "b", 3);
    auto text = folder_.read(name);
    const auto here = std::filesystem::current_path().string();
    folder_.write(name, text.replace(text.find(here), here.size(), "/node" + std::to_string(index)));
  }
  EXPECT_EQ(merge().made, 3U);
  EXPECT_EQ(order(), "r13r2");
}

TEST_F(Merge, ItemsOfAnEarlierPlanHideNothing) {
  shard(1, {1, 3, 5}, "old");
  shard(2, {2, 4}, "old");
  shard(1, {}, "p");
  shard(2, {}, "p");
  EXPECT_EQ(merge().failed, 2U) << "both runs were killed before their first item";
  end(1, "done");
  EXPECT_EQ(merge().failed, 1U);
  end(2, "signal");
  EXPECT_EQ(merge().failed, 1U);
  end(2, "done");
  EXPECT_EQ(merge().failed, 0U) << "what was made before is as it would be made now";
}

TEST_F(Merge, ARunThatWentOnFromAnotherFolderKeepsTheNamesOfBoth) {
  shard(1, {1, 3, 5});
  shard(2, {2});
  const auto name = record_file_name({2, 2});
  const auto here = std::filesystem::current_path().string();
  auto text = folder_.read(name);
  folder_.write(name, text.replace(text.find(here), here.size(), "/elsewhere"));
  shard(2, {4});
  EXPECT_EQ(merge().failed, 0U);
  std::map<std::string, std::string> folder_of;
  std::istringstream lines(out_.str());
  std::string folder;
  for (std::string line; std::getline(lines, line);) {
    const auto record = RecordJson::parse(line);
    if (record["event"] == "run") folder = record["folder"];
    if (record["event"] == "item") folder_of[record["output"]] = folder;
  }
  EXPECT_EQ(folder_of.size(), 5U);
  EXPECT_EQ(folder_of["2.png"], "/elsewhere");
  EXPECT_EQ(folder_of["4.png"], here);
}

TEST_F(Merge, AnItemThatWasRunAgainCountsOnce) {
  shard(1, {1, 3, 3, 5});
  shard(2, {2, 4});
  EXPECT_EQ(merge().failed, 0U);
  EXPECT_EQ(order(), "rr12345");
}

TEST_F(Merge, AFailureDoesNotUndoWhatWasMade) {
  shard(1, {1, 3, 5});
  shard(2, {2, 4});
  item(2, {{"item", 4}, {"status", "failed"}, {"output", "4.png"}});
  EXPECT_EQ(merge().failed, 0U);
}

TEST_F(Merge, ALineThatWasMendedCountsAsItIsNow) {
  shard(1, {1, 3, 5}, "broken");
  shard(2, {4}, "broken");
  item(2, {{"item", 2}, {"line", 2}, {"status", "failed"}, {"output", nullptr}});
  EXPECT_EQ(merge().failed, 1U);
  shard(1, {}, "mended", "b", 6);
  shard(2, {}, "mended", "b", 6);
  for (std::size_t edit : {2, 3}) {  // item 3 of before is left alone, and keeps its number
    item(2, {{"item", edit}, {"line", 2}, {"status", "ok"}, {"output", "mended" + std::to_string(edit) + ".png"}});
  }
  end(1, "done");
  end(2, "done");
  EXPECT_EQ(merge().failed, 0U);
  EXPECT_EQ(order(), "rr123345");
}

TEST_F(Merge, MissingItemsAreCounted) {
  shard(1, {1, 5});
  EXPECT_EQ(merge().failed, 3U);
  shard(2, {2, 4});
  EXPECT_EQ(merge().failed, 1U);
}

TEST_F(Merge, DoubleItemsAreCounted) {
  shard(1, {1, 3, 5});
  shard(2, {2, 4, 5});
  EXPECT_EQ(merge().failed, 1U);
}

TEST_F(Merge, RefusesFilesOfDifferentJobs) {
  shard(1, {1, 3, 5});
  shard(2, {2, 4}, "other plan");
  EXPECT_THROW(merge(), UsageError);
}

TEST_F(Merge, RefusesFilesOfDifferentBundles) {
  shard(1, {1, 3, 5});
  shard(2, {2, 4}, "p", "other bundle");
  EXPECT_THROW(merge(), UsageError);
}

TEST_F(Merge, NothingToMergeIsNoInput) { EXPECT_THROW(merge(), NoInputError); }

}  // namespace
}  // namespace magicface::app
