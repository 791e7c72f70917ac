// SPDX-License-Identifier: Apache-2.0
#include "resume.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "magicface/core/hash.hpp"
#include "temporary_folder.hpp"

namespace magicface::app {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

/// A folder in which one run made `a.png` and its record.
class Resume : public testing::Test {
 protected:
  void SetUp() override {
    const auto output = folder_.write("a.png", "picture");
    RecordFile file(folder_ / "records.jsonl");
    file.run({});
    file.started(1, {output});
    file.item(line(output, "ok"));
  }
  RecordJson line(const fs::path& output, const std::string& status) const {
    RecordJson item{{"item", 1},
                    {"status", status},
                    {"input", {{"path", "in.png"}, {"sha256", "i"}}},
                    {"bundle", {{"sha256", "b"}}},
                    {"parameters", {{"au", {{"AU1", 1}, {"AU2", 2}}}, {"steps", 2}}},
                    {"output", output.string()},
                    {"outputs", RecordJson::array()},
                    {"seconds", {{"sample", 1.5}, {"write", 0.5}}},
                    {"error", "why"}};
    if (status == "ok")
      item["outputs"].push_back({{"path", output.string()}, {"sha256", sha256_of_bytes("picture", 7)}});
    return item;
  }
  static std::string started(const std::string& output) {
    return R"({"event":"started","schema":1,"outputs":[")" + output + "\"]}\n";
  }
  RecordedOutputs recorded() const {
    RecordedOutputs outputs;
    outputs.read(folder_ / "records.jsonl");
    return outputs;
  }
  std::string reason(const Provenance& now) const {
    return reason_to_run(*recorded().find(folder_ / "a.png")->made, now).value_or("none");
  }

  TemporaryFolder folder_{"resume"};
  Provenance same_{"i", "b", {{"steps", 2}, {"au", {{"AU2", 2}, {"AU1", 1}}}}};
};

TEST_F(Resume, NothingChangedIsNoReason) { EXPECT_EQ(reason(same_), "none"); }

TEST_F(Resume, EveryChangeIsNamed) {
  auto input = same_, bundle = same_, steps = same_, more = same_, fewer = same_;
  input.input_sha256 = "other";
  bundle.bundle_sha256 = "other";
  steps.parameters["steps"] = 3;
  more.parameters["eta"] = 0.5;
  fewer.parameters.erase("steps");
  EXPECT_THAT(reason(input), HasSubstr("input"));
  EXPECT_THAT(reason(bundle), HasSubstr("bundle"));
  EXPECT_THAT(reason(steps), HasSubstr("steps 2 -> 3"));
  EXPECT_THAT(reason(more), HasSubstr("eta"));
  EXPECT_THAT(reason(fewer), HasSubstr("steps"));
  folder_.write("a.png", "changed");
  EXPECT_THAT(reason(same_), HasSubstr("changed"));
  fs::remove(folder_ / "a.png");
  EXPECT_THAT(reason(same_), HasSubstr("missing"));
}

TEST_F(Resume, AFailureDoesNotUndoWhatWasMade) {
  {
    RecordFile file(folder_ / "records.jsonl");
    file.run({});
    file.item(line(folder_ / "a.png", "failed"));
    file.item(line(folder_ / "b.png", "failed"));
    file.started(3, {folder_ / "c.png"});
  }
  const auto outputs = recorded();
  EXPECT_TRUE(outputs.find(folder_ / "a.png")->made);
  EXPECT_TRUE(outputs.find(folder_ / "a.png")->failure);
  EXPECT_FALSE(outputs.find(folder_ / "b.png")->made);
  EXPECT_TRUE(outputs.find(folder_ / "b.png")->failure);
  EXPECT_FALSE(outputs.find(folder_ / "b.png")->begun) << "it may have failed because somebody else's file is there";
  EXPECT_FALSE(outputs.find(folder_ / "c.png")->made);
  EXPECT_TRUE(outputs.find(folder_ / "c.png")->begun);
  EXPECT_EQ(outputs.find(folder_ / "d.png"), nullptr);
}

TEST_F(Resume, ABrokenLineIsRemembered) {
  {
    RecordFile file(folder_ / "records.jsonl");
    file.item({{"item", 9}, {"line", 4}, {"status", "failed"}, {"output", nullptr}});
  }
  EXPECT_TRUE(recorded().was_broken(4));
  EXPECT_FALSE(recorded().was_broken(9));
  EXPECT_FALSE(recorded().was_broken(0)) << "of no job file";
}

TEST_F(Resume, RelativeNamesStartInTheRunsFolder) {
  folder_.write("other.jsonl", "{\"event\":\"run\",\"schema\":1,\"folder\":\"/usr\"}\n" + started("out/./a.png"));
  RecordedOutputs outputs;
  outputs.read(folder_ / "other.jsonl");
  EXPECT_NE(outputs.find("/usr/out/a.png"), nullptr);
  EXPECT_EQ(outputs.find("out/a.png"), nullptr);
}

/// The first output is missing, so that the second tells where both are.
TEST_F(Resume, NamesOfAFolderThatIsGoneAreThoseOfNow) {
  folder_.write("moved.jsonl", "{\"event\":\"run\",\"schema\":1,\"folder\":\"/elsewhere\"}\n" +
                                   started("run/missing.png") + started("/elsewhere/run/a.png") + started("sheet.png"));
  RecordedOutputs outputs;
  outputs.read(folder_ / "moved.jsonl");
  EXPECT_TRUE(outputs.names(folder_ / "missing.png"));
  EXPECT_TRUE(outputs.names(folder_ / "a.png"));
  EXPECT_TRUE(outputs.names(fs::path(folder_ / "").parent_path().parent_path() / "sheet.png"));
}

TEST_F(Resume, OnlyTemporaryFilesOfRecordedOutputsGo) {
  folder_.write("a.png.Ab3dE9.part", "x");
  for (const char* name : {"b.png.Ab3dE9.part", "a.png.part", "a.png.Ab3dE9.parts", "a.pngAb3dE9.part"})
    folder_.write(name, "x");
  EXPECT_EQ(recorded().remove_temporaries(), 1U);
  EXPECT_FALSE(fs::exists(folder_ / "a.png.Ab3dE9.part"));
  EXPECT_TRUE(fs::exists(folder_ / "b.png.Ab3dE9.part"));
  EXPECT_TRUE(fs::exists(folder_ / "a.png.part"));
}

TEST_F(Resume, TheMeanTimeCountsWhatWasMade) {
  EXPECT_EQ(recorded().mean_seconds(), 2.0);
  EXPECT_EQ(RecordedOutputs().mean_seconds(), std::nullopt);
}

}  // namespace
}  // namespace magicface::app
