// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/shard.hpp"

#include <gtest/gtest.h>

#include <map>

#include "magicface/core/error.hpp"

namespace magicface::app {
namespace {

std::string shard_of(const std::string& text, const std::map<std::string, std::string>& variables = {}) {
  return parse_shard(text,
                     [&](const std::string& name) -> std::optional<std::string> {
                       const auto found = variables.find(name);
                       return found == variables.end() ? std::nullopt : std::optional(found->second);
                     })
      .text();
}

TEST(ShardText, IndexAndCount) {
  EXPECT_EQ(shard_of("1/1"), "1/1");
  EXPECT_EQ(shard_of("3/4"), "3/4");
}

TEST(ShardText, RefusesWhatIsNoShard) {
  for (const char* text :
       {"", "0/4", "5/4", "1", "1/0", "/", "1/", "a/4", "1/4/2", "-1/4", "auto/", "auto/0", "automatic"}) {
    EXPECT_THROW(shard_of(text, {{"JOB_COMPLETION_INDEX", "0"}}), UsageError) << text;
  }
}

TEST(ShardText, AutoIsNeverGuessed) {
  EXPECT_THROW(shard_of("auto"), UsageError);
  EXPECT_THROW(shard_of("auto/4"), UsageError);
}

TEST(ShardText, SlurmCountsFromItsMinimumInItsSteps) {
  std::map<std::string, std::string> variables{{"SLURM_ARRAY_TASK_ID", "15"},
                                               {"SLURM_ARRAY_TASK_MIN", "5"},
                                               {"SLURM_ARRAY_TASK_STEP", "5"},
                                               {"SLURM_ARRAY_TASK_COUNT", "4"}};
  EXPECT_EQ(shard_of("auto", variables), "3/4");
  EXPECT_EQ(shard_of("auto/4", variables), "3/4");
  EXPECT_THROW(shard_of("auto/5", variables), UsageError) << "a size that the engine contradicts";
  variables["SLURM_ARRAY_TASK_ID"] = "16";
  EXPECT_THROW(shard_of("auto", variables), UsageError) << "a list with gaps has no places";
  variables["SLURM_ARRAY_TASK_ID"] = "many";
  EXPECT_THROW(shard_of("auto", variables), UsageError);
}

TEST(ShardText, EnginesThatTellNoSizeNeedOne) {
  EXPECT_EQ(shard_of("auto/3", {{"JOB_COMPLETION_INDEX", "2"}}), "3/3");
  EXPECT_THROW(shard_of("auto/3", {{"JOB_COMPLETION_INDEX", "3"}}), UsageError);
  EXPECT_THROW(shard_of("auto", {{"JOB_COMPLETION_INDEX", "2"}}), UsageError);
  EXPECT_EQ(shard_of("auto/3", {{"AWS_BATCH_JOB_ARRAY_INDEX", "0"}}), "1/3");
  EXPECT_EQ(shard_of("auto", {{"AWS_BATCH_JOB_ARRAY_INDEX", "0"}, {"AWS_BATCH_JOB_ARRAY_SIZE", "2"}}), "1/2");
}

TEST(Shards, EveryPlaceBelongsToExactlyOne) {
  for (std::size_t count : {1U, 3U, 7U}) {
    for (std::size_t place = 1; place <= 50; ++place) {
      std::size_t holders = 0;
      for (std::size_t index = 1; index <= count; ++index) holders += Shard{index, count}.holds(place) ? 1 : 0;
      EXPECT_EQ(holders, 1U) << place << " of " << count;
    }
  }
}

}  // namespace
}  // namespace magicface::app
