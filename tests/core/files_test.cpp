// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "magicface/core/error.hpp"

namespace magicface {
namespace {
namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("magicface_files_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::size_t count() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }
  fs::path folder_;
};

TEST_F(Files, WritesWhatIsReadBack) {
  const std::vector<std::uint8_t> bytes{0, 1, 255, 10};
  write_file_atomically(folder_ / "a.bin", bytes);
  EXPECT_EQ(read_file(folder_ / "a.bin", 100), bytes);
  EXPECT_EQ(count(), 1U) << "no temporary file stays";
}

TEST_F(Files, ReplacesTheOldFileWhole) {
  write_file_atomically(folder_ / "a.bin", std::vector<std::uint8_t>(1000, 1));
  write_file_atomically(folder_ / "a.bin", {2});
  EXPECT_EQ(read_file(folder_ / "a.bin", 100), std::vector<std::uint8_t>{2});
}

TEST_F(Files, AFileThatCameMeanwhileIsKept) {
  write_file_atomically(folder_ / "a.bin", {1}, Existing::keep);
  EXPECT_THROW(write_file_atomically(folder_ / "a.bin", {2}, Existing::keep), ItemError);
  EXPECT_EQ(read_file(folder_ / "a.bin", 100), std::vector<std::uint8_t>{1});
  EXPECT_EQ(count(), 1U);
}

TEST_F(Files, WhatCannotBeLookedAtIsNotThere) {
  fs::create_symlink("loop", folder_ / "loop");
  for (const auto& path : {folder_ / "loop", folder_ / std::string(300, 'n')}) {
    EXPECT_FALSE(path_exists(path));
    EXPECT_FALSE(is_file(path));
    EXPECT_TRUE(canonical_path(path).is_absolute());
  }
  write_file_atomically(folder_ / "a.bin", {1});
  EXPECT_TRUE(path_exists(folder_) && path_exists(folder_ / "a.bin") && is_file(folder_ / "a.bin"));
  EXPECT_FALSE(is_file(folder_));
}

TEST_F(Files, AFailedWriteLeavesNothing) {
  fs::create_directory(folder_ / "taken");
  EXPECT_THROW(write_file_atomically(folder_ / "taken", {1}), ItemError);  // a folder stands where the file should go
  EXPECT_THROW(write_file_atomically(folder_ / "missing" / "a.bin", {1}), ItemError);
  EXPECT_EQ(count(), 1U);
}

TEST_F(Files, RefusesFoldersMissingAndTooLargeFiles) {
  write_file_atomically(folder_ / "a.bin", std::vector<std::uint8_t>(11, 0));
  EXPECT_THROW(read_file(folder_ / "a.bin", 10), ItemError);
  EXPECT_THROW(read_file(folder_, 10), ItemError);
  EXPECT_THROW(read_file(folder_ / "none", 10), ItemError);
}

TEST_F(Files, NewFilesFollowTheUmask) {
  const auto mask = ::umask(027);
  write_file_atomically(folder_ / "a.bin", {1});
  ::umask(mask);
  EXPECT_EQ(fs::status(folder_ / "a.bin").permissions(), fs::perms(0640));
}

}  // namespace
}  // namespace magicface
