// SPDX-License-Identifier: Apache-2.0
#include "record_file.hpp"

#include <gtest/gtest.h>

#include "magicface/core/error.hpp"
#include "temporary_folder.hpp"

namespace magicface::app {
namespace {

TEST(RecordFiles, AreNamedByShard) {
  EXPECT_EQ(record_file_name({1, 1}), "records.jsonl");
  EXPECT_EQ(record_file_name({2, 4}), "records.2-of-4.jsonl");
}

TEST(RecordFiles, GrowFromRunToRun) {
  const TemporaryFolder folder("record_file");
  for (int run = 0; run < 2; ++run) {
    RecordFile file(folder / "records.jsonl");
    file.run({{"version", "1"}});
    file.started(3, {"a.png"});
    file.item({{"item", 3}});
    file.end({{"made", 1}});
  }
  std::vector<std::string> events;
  read_records(folder / "records.jsonl", [&](std::size_t number, const RecordJson& line) {
    EXPECT_EQ(number, events.size() + 1);
    EXPECT_EQ(line["schema"], kRecordSchema);
    events.push_back(line["event"]);
  });
  EXPECT_EQ(events, (std::vector<std::string>{"run", "started", "item", "end", "run", "started", "item", "end"}));
}

TEST(RecordFiles, ATornLineIsCutOffAndNothingElse) {
  const TemporaryFolder folder("record_torn");
  const auto path = folder.write("records.jsonl", "{\"event\":\"item\",\"schema\":1}\n{\"event\":\"ite");
  { RecordFile file(path); }
  EXPECT_EQ(folder.read("records.jsonl"), "{\"event\":\"item\",\"schema\":1}\n");
}

TEST(RecordFiles, AreHeldByOneRunAtATime) {
  const TemporaryFolder folder("record_lock");
  const RecordFile first(folder / "records.jsonl");
  EXPECT_THROW(RecordFile(folder / "records.jsonl"), UsageError);
}

TEST(RecordFiles, ANameThatIsNotUtf8IsNoReasonToStop) {
  const TemporaryFolder folder("record_utf8");
  RecordFile file(folder / "records.jsonl");
  EXPECT_NO_THROW(file.started(1, {"\xff.png"}));
}

TEST(RecordFiles, ForeignLinesAreLeftOutAndNewerSchemasRefused) {
  const TemporaryFolder folder("record_foreign");
  const auto count = [&](const std::string& text) {
    std::size_t lines = 0;
    read_records(folder.write("r.jsonl", text),
                 [&](std::size_t, const RecordJson& line) { lines += line.at("item").get<int>(); });
    return lines;
  };
  EXPECT_EQ(count("hello\n[]\n\n{\"schema\":1,\"item\":\"x\"}\n{\"schema\":1,\"item\":5}\n"), 5U);
  EXPECT_THROW(count("{\"schema\":99}\n"), UsageError);
  EXPECT_THROW(read_records(folder / "none.jsonl", nullptr), NoInputError);
}

}  // namespace
}  // namespace magicface::app
