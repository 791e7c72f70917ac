// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <optional>

#include "magicface/core/error.hpp"

namespace magicface {
namespace {
namespace fs = std::filesystem;

/// TMPDIR as it was, when a test is over.
class TemporaryFolders : public testing::Test {
 protected:
  void SetUp() override {
    if (const char* place = ::getenv("TMPDIR")) before_ = place;
  }
  void TearDown() override { before_ ? ::setenv("TMPDIR", before_->c_str(), 1) : ::unsetenv("TMPDIR"); }
  static std::string message_in(const fs::path& place) {
    ::setenv("TMPDIR", place.c_str(), 1);
    try {
      const TemporaryFolder folder("name one with --out");
    } catch (const ItemError& problem) {
      return problem.what();
    }
    return "";
  }
  std::optional<std::string> before_;
};

TEST_F(TemporaryFolders, AreNewPrivateAndRemovedWithAllThatIsInThem) {
  fs::path path;
  {
    const TemporaryFolder folder(""), other("");
    path = folder.path();
    EXPECT_NE(path, other.path());
    EXPECT_TRUE(fs::is_directory(path) && fs::is_empty(path));
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
    fs::create_directories(path / "a" / "b");
    std::ofstream(path / "a" / "b" / "c.txt") << "c";
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(TemporaryFolders, LieInTmpdir) {
  const TemporaryFolder place("");
  ::setenv("TMPDIR", place.path().c_str(), 1);
  EXPECT_EQ(TemporaryFolder("").path().parent_path(), place.path());
}

TEST_F(TemporaryFolders, SayWhereNoneCanBeMadeWhyAndWhatToDo) {
  const TemporaryFolder place("");
  const auto gone = message_in(place.path() / "gone");
  EXPECT_TRUE(gone.starts_with("TMPDIR: no temporary folder can be made here (")) << gone;
  EXPECT_TRUE(gone.ends_with("); name one with --out")) << gone;
  // Nobody, root included, can make a folder in /proc.
  const auto refused = message_in("/proc");
  EXPECT_TRUE(refused.starts_with("/proc: no temporary folder can be made here (")) << refused;
  EXPECT_TRUE(refused.ends_with("); name one with --out")) << refused;
}

}  // namespace
}  // namespace magicface
