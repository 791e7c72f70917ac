// SPDX-License-Identifier: Apache-2.0
#include "recorded_run.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "check_compare.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/hash.hpp"

namespace magicface::app {
namespace {
namespace fs = std::filesystem;

RecordJson item(int number, const std::string& output, int seed = 1) {
  return {{"event", "item"},
          {"schema", 1},
          {"time", "2026-11-22T10:00:00Z"},
          {"item", number},
          {"status", "ok"},
          {"input", {{"path", "in/me.png"}, {"sha256", nullptr}}},
          {"output", output},
          {"outputs", RecordJson::array()},
          {"parameters", {{"au", {{"AU12", 3}}}, {"seed", seed}}},
          {"bundle", {{"name", "t@1"}}},
          {"au_change", {{"AU12", 1.5}}},
          {"error", nullptr}};
}

class RecordedRunTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_ = fs::path(testing::TempDir()) / ("recorded_" + std::to_string(::getpid())));
  }
  void TearDown() override { fs::remove_all(folder_); }

  void touch(const fs::path& name) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << "x";
  }
  fs::path write(const std::string& name, const std::vector<RecordJson>& lines, const std::string& cwd) const {
    std::ofstream file(folder_ / name);
    file << RecordJson{{"event", "run"}, {"schema", 1}, {"folder", cwd}} << '\n';
    for (const auto& line : lines) file << line << '\n';
    return folder_ / name;
  }
  fs::path folder_;
};

TEST_F(RecordedRunTest, OutputsAreLookedForBesideTheRecordsFirst) {
  touch("moved/a/x.png");
  touch("elsewhere/out/a/x.png");
  const auto run = read_run(write("moved/records.jsonl", {item(1, "out/a/x.png"), item(2, "out/b/gone.png")},
                                  (folder_ / "elsewhere").string()));
  ASSERT_EQ(run.items.size(), 2U);
  EXPECT_EQ(run.items[0].key, "a/x.png");
  EXPECT_EQ(run.items[0].output, folder_ / "moved/a/x.png");
  EXPECT_EQ(run.items[1].key, "b/gone.png");
}

TEST_F(RecordedRunTest, AnOutputElsewhereStaysThere) {
  touch("run/x.png");
  touch("elsewhere/y.png");
  const auto run = read_run(write(
      "run/records.jsonl", {item(1, "run/x.png"), item(2, (folder_ / "elsewhere/y.png").string())}, folder_.string()));
  EXPECT_EQ(run.items.at(0).output, folder_ / "run/x.png");
  EXPECT_EQ(run.items.at(1).output, folder_ / "elsewhere/y.png");
}

TEST_F(RecordedRunTest, OutputsOfOneNameKeepTheirFoldersWhenNoneLiesBesideTheRecords) {
  touch("out/anna/s.png");
  touch("out/bert/s.png");
  touch("logs/notes.txt");
  const auto run = read_run(write("logs/records.jsonl", {item(1, "../out/anna/s.png"), item(2, "../out/bert/s.png")},
                                  (folder_ / "cwd").string()));
  EXPECT_EQ(run.items.at(0).key, "anna/s.png");
  EXPECT_EQ(run.items.at(1).key, "bert/s.png");
}

/// A link to itself stands for a folder that one may not enter: both can't be looked at.
TEST_F(RecordedRunTest, ASourceThatCannotBeLookedAtIsGone) {
  touch("run/x.png");
  fs::create_symlink("loop", folder_ / "loop");
  auto line = item(1, "run/x.png");
  line["input"] = {{"path", "loop/me.png"}, {"sha256", sha256_of_bytes("x", 1)}};
  EXPECT_EQ(read_run(write("run/records.jsonl", {line}, folder_.string())).items.at(0).source, folder_ / "loop/me.png");
}

/// Recorded from a neighbouring folder; the folder above this one has such a file, too.
TEST_F(RecordedRunTest, ANameNeverLeavesTheFolderOfTheRecords) {
  touch("out/x.png");
  const auto run = read_run(write("out/records.jsonl", {item(1, "../out/x.png")}, (folder_ / "elsewhere").string()));
  EXPECT_EQ(run.items.at(0).key, "x.png");
  EXPECT_EQ(run.items.at(0).output, folder_ / "out/x.png");
}

TEST_F(RecordedRunTest, ASourceThatMovedWithTheRunIsFoundByItsBytes) {
  touch("moved/in/me.png");
  touch("moved/out/x.png");
  auto same = item(1, "out/x.png"), changed = item(2, "out/y.png");
  same["input"]["sha256"] = sha256_of_bytes("x", 1);
  changed["input"] = {{"path", "/gone/in/you.png"}, {"sha256", sha256_of_bytes("other", 5)}};
  touch("moved/in/you.png");
  const auto run = read_run(write("moved/out/records.jsonl", {same, changed}, "/gone"));
  EXPECT_EQ(run.items.at(0).source, folder_ / "moved/in/me.png");
  EXPECT_EQ(run.items.at(1).source, "/gone/in/you.png") << "another picture of that name";
}

TEST_F(RecordedRunTest, TheVariationIsWhatTheModelWasGiven) {
  auto target = item(1, "x.png");
  target["parameters"]["au"] = RecordJson::object();
  target["batch"] = {{"place", 2}, {"edits", {{{"au", {{"AU4", 1}}}}, {{"au", {{"AU12", 1.25}}}}}}};
  auto failed = item(2, "y.png");
  failed["batch"] = nullptr;
  touch("x.png");
  const auto run = read_run(write("records.jsonl", {target, failed}, folder_.string()));
  EXPECT_EQ(run.items.at(0).variation(), (RecordJson{{"AU12", 1.25}}));
  EXPECT_EQ(run.items.at(1).variation(), (RecordJson{{"AU12", 3}})) << "what was asked for is all there is";
}

TEST_F(RecordedRunTest, TheLastLineOfAnOutputCounts) {
  touch("x.png");
  const auto run = read_run(write("records.jsonl", {item(1, "x.png", 1), item(1, "x.png", 2)}, folder_.string()));
  ASSERT_EQ(run.items.size(), 1U);
  EXPECT_EQ(run.items[0].record["parameters"]["seed"], 2);
}

TEST_F(RecordedRunTest, AFailureDoesNotUndoWhatWasMade) {
  auto failed = item(1, "x.png", 2);
  failed["status"] = "failed";
  touch("x.png");
  const auto run = read_run(write("records.jsonl", {item(1, "x.png", 1), failed}, folder_.string()));
  ASSERT_EQ(run.items.size(), 1U);
  EXPECT_TRUE(run.items[0].ok());
}

TEST_F(RecordedRunTest, ABrokenLineCountsUntilItIsMended) {
  auto broken = item(2, "");
  broken["status"] = "failed";
  broken["output"] = nullptr;
  touch("x.png");
  const auto file = write("records.jsonl", {item(1, "x.png"), broken}, folder_.string());
  EXPECT_EQ(read_run(file).items.at(1).key, "item 2");
  const auto run = read_run(write("records.jsonl", {item(1, "x.png"), broken, item(2, "y.png")}, folder_.string()));
  ASSERT_EQ(run.items.size(), 2U);
  EXPECT_EQ(run.items[1].key, "y.png");
}

TEST_F(RecordedRunTest, ShardsOfAFolderAreOneRun) {
  touch("x.png");
  touch("y.png");
  write("records.2-of-2.jsonl", {item(2, "y.png")}, folder_.string());
  write("records.1-of-2.jsonl", {item(1, "x.png")}, folder_.string());
  const auto run = read_run(folder_);
  ASSERT_EQ(run.items.size(), 2U);
  EXPECT_EQ(run.items[0].key, "x.png");
}

TEST_F(RecordedRunTest, ShardsOfTwoMachinesMayHaveRunElsewhere) {
  touch("a/x.png");
  touch("a/y.png");
  write("records.1-of-2.jsonl", {item(1, "out/a/x.png")}, "/gone");
  write("records.2-of-2.jsonl", {item(2, "out/a/y.png")}, "/gone/deeper/below");
  const auto run = read_run(folder_);
  EXPECT_EQ(run.items.at(0).output, folder_ / "a/x.png");
  EXPECT_EQ(run.items.at(1).output, folder_ / "a/y.png");
}

/// A job that was divided anew: the same outputs in records of both divisions.
TEST_F(RecordedRunTest, AnOutputInRecordsOfTwoShardsCountsOnce) {
  auto failed = item(1, "x.png", 3), broken = item(2, "");
  failed["status"] = "failed";
  failed["time"] = "2026-11-22T12:00:00Z";
  broken["status"] = "failed";
  broken["output"] = nullptr;
  auto later = item(1, "x.png", 2);
  later["time"] = "2026-11-22T11:00:00Z";
  touch("x.png");
  write("records.1-of-2.jsonl", {later, broken}, folder_.string());
  write("records.1-of-3.jsonl", {item(1, "./x.png", 1)}, folder_.string());
  write("records.2-of-3.jsonl", {failed, item(2, "y.png")}, folder_.string());
  const auto run = read_run(folder_);
  ASSERT_EQ(run.items.size(), 2U);
  EXPECT_TRUE(run.items[0].ok());
  EXPECT_EQ(run.items[0].record["parameters"]["seed"], 2) << "the later of those that are ok";
  EXPECT_EQ(run.items[1].key, "y.png") << "the broken line was mended";
}

TEST_F(RecordedRunTest, NothingIsNoInput) {
  EXPECT_THROW(read_run(folder_), NoInputError);
  EXPECT_THROW(read_run(write("records.jsonl", {}, "/")), NoInputError);
}

/// Runs of one item, without pixels.
std::vector<Drift> compare(const RecordJson& stored, const RecordJson& now, Tolerances tolerances = {}) {
  tolerances.max_difference.reset();
  const auto run = [](const RecordJson& record) {
    return RecordedRun{"r", {{record["output"].get<std::string>(), record, {}, {}}}};
  };
  return compare_runs(run(stored), run(now), tolerances);
}

TEST(CompareRuns, EqualRunsDoNotDrift) { EXPECT_TRUE(compare(item(1, "x.png"), item(9, "x.png")).empty()); }

TEST(CompareRuns, NamesTheParameterThatChanged) {
  const auto drifts = compare(item(1, "x.png", 1), item(1, "x.png", 2));
  ASSERT_EQ(drifts.size(), 1U);
  EXPECT_EQ(drifts[0].where + " " + drifts[0].what + " " + drifts[0].how, "x.png seed expected 1, got 2");
  Tolerances tolerances;
  tolerances.ignore = {"seed"};
  EXPECT_TRUE(compare(item(1, "x.png", 1), item(1, "x.png", 2), tolerances).empty());
}

TEST(CompareRuns, MissingAndNewItems) {
  const auto drifts = compare(item(1, "x.png"), item(1, "y.png"));
  ASSERT_EQ(drifts.size(), 2U);
  EXPECT_EQ(drifts[0].where, "x.png");
  EXPECT_EQ(drifts[1].where, "y.png");
}

TEST(CompareRuns, AuChangeHasATolerance) {
  auto now = item(1, "x.png");
  now["au_change"]["AU12"] = 1.6;
  Tolerances tolerances;
  ASSERT_EQ(compare(item(1, "x.png"), now, tolerances).size(), 1U);
  tolerances.au_change = 0.1;
  EXPECT_TRUE(compare(item(1, "x.png"), now, tolerances).empty());
}

TEST(CompareRuns, WhatFailedNowIsOneDrift) {
  auto now = item(1, "x.png");
  now["status"] = "failed";
  now["au_change"] = nullptr;
  const auto drifts = compare(item(1, "x.png"), now);
  ASSERT_EQ(drifts.size(), 1U);
  EXPECT_EQ(drifts[0].what, "status");
}

TEST(CompareFigures, UnitsShareTheToleranceOfTheirMean) {
  const auto figures = [](double mean, double unit) {
    return RecordJson{{"methods", {{{"figures", {{"au_mse", {{"value", mean}}}, {"au_mse/AU1", {{"value", unit}}}}}}}}};
  };
  Tolerances tolerances;
  EXPECT_TRUE(compare_figures(figures(1, 2), figures(1, 2), tolerances).empty());
  EXPECT_EQ(compare_figures(figures(1, 2), figures(1.05, 2.05), tolerances).size(), 2U);
  tolerances.figures["au_mse"] = 0.1;
  EXPECT_TRUE(compare_figures(figures(1, 2), figures(1.05, 2.05), tolerances).empty());
  EXPECT_EQ(
      compare_figures(figures(1, 2), RecordJson{{"methods", {{{"figures", RecordJson::object()}}}}}, tolerances).size(),
      2U);
}

TEST(CompareFigures, PairsThatCannotBeMeasuredAndOtherEstimatorsAreDrifts) {
  const auto figures = [](int pairs, int problems, const char* estimator) {
    return RecordJson{{"estimators", {{"au", estimator}, {"pose", nullptr}}},
                      {"methods", {{{"pairs", pairs}, {"problems", problems}, {"figures", RecordJson::object()}}}}};
  };
  EXPECT_TRUE(compare_figures(figures(9, 0, "a"), figures(9, 0, "a"), {}).empty());
  const auto drifts = compare_figures(figures(9, 0, "a"), figures(8, 1, "b"), {});
  std::string text;
  for (const auto& drift : drifts) text += drift.where + ' ' + drift.what + ' ' + drift.how + '\n';
  EXPECT_EQ(text,
            "figures pairs expected 9, got 8\nfigures problems expected 0, got 1\n"
            "figures estimators au: expected \"a\", got \"b\"\n");
  Tolerances tolerances;
  tolerances.ignore = {"estimators", "pairs", "problems"};
  EXPECT_TRUE(compare_figures(figures(9, 0, "a"), figures(8, 1, "b"), tolerances).empty());
}

}  // namespace
}  // namespace magicface::app
