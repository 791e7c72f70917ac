// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/append_file.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "magicface/core/error.hpp"

namespace magicface {
namespace {
namespace fs = std::filesystem;

class AppendFiles : public testing::Test {
 protected:
  void SetUp() override { fs::remove_all(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  void write(const std::string& text) const {
    fs::create_directories(folder_);
    std::ofstream(file_) << text;
  }
  std::string content() const {
    std::ifstream stream(file_);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  fs::path folder_ = fs::temp_directory_path() / ("magicface_append_" + std::to_string(::getpid()));
  fs::path file_ = folder_ / "log";
};

TEST_F(AppendFiles, GrowsLineByLine) {
  {
    AppendFile file(folder_ / "new" / "log");
    file.append("one");
    file.append("two");
    file.sync();
  }
  EXPECT_EQ(fs::file_size(folder_ / "new" / "log"), 8U);
}

TEST_F(AppendFiles, RepairsATornLineOfAnyLength) {
  for (const std::size_t torn : {0U, 1U, 4095U, 4096U, 9000U}) {
    write("one\n" + std::string(torn, 'x'));
    {
      AppendFile file(file_);
      EXPECT_EQ(file.repaired(), torn);
      file.append("two");
    }
    EXPECT_EQ(content(), "one\ntwo\n");
  }
  write("torn from the start");
  { AppendFile file(file_); }
  EXPECT_EQ(content(), "");
}

TEST_F(AppendFiles, SomebodyElsesFileIsLeftAsItIs) {
  for (const std::string other : {"{\"input\": 1}\n{\"inp", "x", "\n"}) {
    write(other);
    EXPECT_THROW(AppendFile(file_, "{\"event"), UsageError) << other;
    EXPECT_EQ(content(), other);
  }
  for (const std::string own : {"", "{\"ev", "{\"event\": 1}\n"}) {
    write(own);
    EXPECT_NO_THROW(AppendFile(file_, "{\"event")) << own;
  }
}

TEST_F(AppendFiles, OneWriterAtATime) {
  write("");
  {
    const AppendFile first(file_);
    EXPECT_THROW(AppendFile second(file_), UsageError);
  }
  EXPECT_NO_THROW(AppendFile third(file_));
}

TEST_F(AppendFiles, AFullDiskLeavesNoHalfLine) {
  write("one\n");
  AppendFile file(file_);
  // A limit on the file's size stands in for a full disk: the write stops half way just so.
  rlimit old{};
  ::getrlimit(RLIMIT_FSIZE, &old);
  const rlimit small{10, old.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  EXPECT_THROW(file.append("a line that doesn't fit"), ItemError);
  ::setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(content(), "one\n");
  file.append("two");
  EXPECT_EQ(content(), "one\ntwo\n");
}

TEST_F(AppendFiles, AFileThatCannotBeWrittenIsNamed) {
  fs::create_directories(folder_);
  std::ofstream(folder_ / "file") << "x";
  EXPECT_THROW(AppendFile(folder_ / "file" / "log"), UsageError);
  EXPECT_THROW(AppendFile(folder_.string()), UsageError);
}

}  // namespace
}  // namespace magicface
