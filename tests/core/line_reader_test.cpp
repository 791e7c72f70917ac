// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/line_reader.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>

namespace magicface {
namespace {

class LineReaders : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::pipe(ends_), 0); }
  void TearDown() override {
    ::close(ends_[0]);
    close_writer();
  }
  void write(const std::string& text) const {
    ASSERT_EQ(::write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void close_writer() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }
  int ends_[2] = {-1, -1};
};

TEST_F(LineReaders, ALineIsThereBeforeTheInputEnds) {
  LineReader reader(ends_[0], [] { return false; });
  write("one\ntwo\nthr");
  EXPECT_EQ(reader.next(), "one");
  EXPECT_EQ(reader.next(), "two");
  write("ee\n\nlast");
  EXPECT_EQ(reader.next(), "three");
  EXPECT_EQ(reader.next(), "");
  close_writer();
  EXPECT_EQ(reader.next(), "last");
  EXPECT_EQ(reader.next(), std::nullopt);
}

TEST_F(LineReaders, AWaitCanBeEnded) {
  std::atomic<int> looks{0};
  LineReader reader(ends_[0], [&] { return ++looks > 2; });
  EXPECT_EQ(reader.next(), std::nullopt);
}

}  // namespace
}  // namespace magicface
