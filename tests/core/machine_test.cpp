// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/machine.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

namespace magicface {
namespace {

constexpr std::size_t kBlock = std::size_t{64} << 20;

/// Touches every page of a block and gives it back.
void use_memory() {
  std::vector<char> block(kBlock);
  std::memset(block.data(), 1, block.size());
  volatile char seen = block[kBlock / 2];
  static_cast<void>(seen);
}

TEST(Machine, NamesAndCountsTheProcessor) {
  EXPECT_FALSE(processor_name().empty());
  EXPECT_GE(available_processors(), 1);
}

TEST(Machine, ThePeakRemembersMemoryThatWasGivenBack) {
  const auto before = peak_resident_bytes();
  if (!before) GTEST_SKIP() << "this system doesn't say VmHWM";
  use_memory();
  const auto after = *peak_resident_bytes();
  EXPECT_GE(after, kBlock);
  EXPECT_GE(after, *before);
}

TEST(Machine, HugePagesAreAskedForUnlessTheUserSaysOtherwise) {
  ::unsetenv("THP_MEM_ALLOC_ENABLE");
  prefer_huge_pages();
  EXPECT_STREQ(std::getenv("THP_MEM_ALLOC_ENABLE"), "1");
  ::setenv("THP_MEM_ALLOC_ENABLE", "0", 1);
  prefer_huge_pages();
  EXPECT_STREQ(std::getenv("THP_MEM_ALLOC_ENABLE"), "0");
}

TEST(Machine, AResetForgetsThePeak) {
  if (!peak_resident_bytes()) GTEST_SKIP() << "this system doesn't say VmHWM";
  use_memory();
  const auto high = *peak_resident_bytes();
  if (!reset_peak_resident_bytes()) GTEST_SKIP() << "this system doesn't let the peak be reset";
  EXPECT_LT(*peak_resident_bytes() + kBlock / 2, high);
}

}  // namespace
}  // namespace magicface
