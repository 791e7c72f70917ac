// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/job_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "magicface/core/error.hpp"

namespace magicface::app {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class JobFiles : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("magicface_jobs_" + std::to_string(::getpid()));
    fs::create_directories(folder_ / "inside");
  }
  void TearDown() override { fs::remove_all(folder_); }

  JobLine json(const std::string& text) const { return *JobParser({"jobs.jsonl", folder_, false, false}).parse(text); }
  std::vector<JobLine> csv(const std::string& text) const {
    std::ofstream(folder_ / "jobs.csv") << text;
    return read_job_file(folder_ / "jobs.csv", false);
  }
  fs::path folder_;
};

TEST_F(JobFiles, ALineHasItsOwnEverything) {
  const auto job = json(
      R"({"id": 7, "input": "a.png", "au": ["AU4=-6", {"AU12": 2.5, "AU1": 1}], "seed": 3, "face": "2", "output": "x/{edit}"})");
  EXPECT_EQ(job.problem, std::nullopt);
  EXPECT_EQ(job.line, 1U);
  EXPECT_EQ(job.id, "7");
  EXPECT_EQ(job.input, folder_ / "a.png");
  EXPECT_THAT(job.au, ElementsAre("AU4=-6", "AU12=2.5,AU1=1"));
  EXPECT_EQ(job.seed, 3U);
  EXPECT_EQ(job.face, "2");
  EXPECT_EQ(job.output, "x/{edit}");
}

TEST_F(JobFiles, WhatALineDoesNotSayStaysOpen) {
  const auto job = json(R"({"input": "a.png"})");
  EXPECT_TRUE(job.au.empty());
  EXPECT_EQ(job.seed, std::nullopt);
  EXPECT_TRUE(job.output.empty());
}

TEST_F(JobFiles, BrokenLinesAreNamed) {
  for (const auto& [text, reason] :
       {std::pair{"{\"input\": ", "JSON object"},
        {"[1]", "JSON object"},
        {"{}", "'input' is missing"},
        {R"({"input": "a.png", "preset": "fear"})", "'preset'; expected id, input, au, seed, face, output;"},
        {R"({"input": "a.png", "guidance": 2})", "give it as a flag"},
        {R"({"input": "a.png", "seed": -1})", "whole number"},
        {R"({"input": "a.png", "au": 3})", "au:"},
        {R"({"input": "a.png", "au": {"AU1": "x"}})", "AU1"},
        {R"({"input": ["a.png"]})", "input"}}) {
    const auto job = json(text);
    ASSERT_TRUE(job.problem) << text;
    EXPECT_THAT(*job.problem, testing::AllOf(HasSubstr("jobs.jsonl:1: "), HasSubstr(reason)));
  }
}

TEST_F(JobFiles, ABrokenLineStillSaysWhoseItIs) { EXPECT_EQ(json(R"({"zzz": 1, "id": "mine"})").id, "mine"); }

TEST_F(JobFiles, PathsStayBelowTheFolder) {
  fs::create_directory_symlink("/", folder_ / "out");
  for (const char* input : {"../a.png", "/etc/a.png", "inside/../../a.png", "out/etc/a.png"}) {
    const auto job = json("{\"input\": \"" + std::string(input) + "\"}");
    ASSERT_TRUE(job.problem) << input;
    EXPECT_THAT(*job.problem, HasSubstr("--allow-outside"));
  }
  EXPECT_FALSE(json(R"({"input": "inside/../a.png"})").problem);
  EXPECT_FALSE(json("{\"input\": \"" + (folder_ / "a.png").string() + "\"}").problem) << "absolute, but inside";
  JobParser anywhere({"jobs.jsonl", folder_, false, true});
  EXPECT_FALSE(anywhere.parse(R"({"input": "/etc/a.png"})")->problem);
}

TEST_F(JobFiles, CsvWithQuotesAndSeveralEdits) {
  const auto jobs = csv("input,au,seed\na.png,\"AU4=-6,AU12=2;AU26=5\",4\n\n\"b \"\"c\"\".png\",,\n");
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_THAT(jobs[0].au, ElementsAre("AU4=-6,AU12=2", "AU26=5"));
  EXPECT_EQ(jobs[0].seed, 4U);
  EXPECT_EQ(jobs[1].input, folder_ / "b \"c\".png");
  EXPECT_EQ(jobs[1].line, 4U);
}

TEST_F(JobFiles, ABrokenCsvLineDoesNotTouchTheNext) {
  const auto jobs = csv("input,au\n\"a.png,AU1=1\nb.png,AU4=-6,AU12=2\nc.png,AU1=1\n");
  ASSERT_EQ(jobs.size(), 3U);
  EXPECT_THAT(*jobs[0].problem, HasSubstr("jobs.csv:2: broken quotes"));
  EXPECT_THAT(*jobs[1].problem, HasSubstr("needs quotes"));
  EXPECT_FALSE(jobs[2].problem);
}

TEST_F(JobFiles, AWrongSeedIsShownAsItWasWritten) {
  const auto jobs = csv("input,seed\na.png,007\nb.png,x\nc.png,-1\n");
  ASSERT_EQ(jobs.size(), 3U);
  EXPECT_THAT(*jobs[0].problem, HasSubstr("without leading zeros, got 007"));
  EXPECT_THAT(*jobs[1].problem, HasSubstr("got x"));
  EXPECT_THAT(*jobs[2].problem, HasSubstr("got -1"));
}

TEST_F(JobFiles, AWrongHeaderOrAnEmptyFileEndsTheJob) {
  EXPECT_THROW(csv("picture,au\na.png,AU1=1\n"), UsageError);
  EXPECT_THROW(csv("input,aus\na.png,AU1=1\n"), UsageError);
  EXPECT_THROW(csv("input,au\n"), NoInputError);
  EXPECT_THROW(read_job_file(folder_ / "none.jsonl", false), NoInputError);
}

TEST_F(JobFiles, CommentsBlankLinesAndWindowsEndings) {
  std::ofstream(folder_ / "jobs.jsonl") << "\xEF\xBB\xBF# mine\r\n\r\n{\"input\": \"a.png\"}\r\n{\"input\": \"b.png\"}";
  const auto jobs = read_job_file(folder_ / "jobs.jsonl", false);
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0].line, 3U);
  EXPECT_FALSE(jobs[1].problem);
}

}  // namespace
}  // namespace magicface::app
