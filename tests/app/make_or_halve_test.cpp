// SPDX-License-Identifier: Apache-2.0
#include "make_or_halve.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace magicface::app {
namespace {

/// Has memory for `most` rows at once; row `bad` fails by itself.
struct Maker {
  std::size_t most;
  int bad = -1;
  std::vector<int> made{};
  std::vector<int> failed{};
  std::vector<std::size_t> told{};

  void run(int count) {
    std::vector<int> rows(static_cast<std::size_t>(count));
    std::iota(rows.begin(), rows.end(), 0);
    const auto make = [this](std::span<const int> some) {
      if (some.size() > most) throw std::runtime_error("CUDA out of memory");
      if (std::find(some.begin(), some.end(), bad) != some.end()) throw std::runtime_error("a broken portrait");
      made.insert(made.end(), some.begin(), some.end());
    };
    make_or_halve<int>(
        rows, make, [this](int row, const std::exception&) { failed.push_back(row); },
        [this](std::size_t size, const std::exception&) { told.push_back(size); });
  }
};

TEST(MakeOrHalve, GoesDownUntilMemoryDoes) {
  Maker maker{2};
  maker.run(7);
  EXPECT_EQ(maker.made, (std::vector<int>{0, 1, 2, 3, 4, 5, 6})) << "all, once, in their order";
  EXPECT_EQ(maker.told, (std::vector<std::size_t>{7, 4, 3}));
  EXPECT_TRUE(maker.failed.empty());
}

TEST(MakeOrHalve, FailsEveryRowWhenNotOneFits) {
  Maker maker{0};
  maker.run(3);
  EXPECT_EQ(maker.failed, (std::vector<int>{0, 1, 2}));
}

TEST(MakeOrHalve, ABadRowTakesNoOtherWithIt) {
  Maker maker{8, 5};
  maker.run(8);
  EXPECT_EQ(maker.failed, std::vector<int>{5});
  EXPECT_EQ(maker.made, (std::vector<int>{0, 1, 2, 3, 4, 6, 7}));
}

TEST(MakeOrHalve, AStopIsNoFailure) {
  const std::vector<int> rows{1, 2, 3};
  const auto stop = [](std::span<const int>) { throw Cancelled(); };
  const auto never = [](auto&&...) { FAIL(); };
  EXPECT_THROW(make_or_halve<int>(rows, stop, never, never), Cancelled);
}

}  // namespace
}  // namespace magicface::app
