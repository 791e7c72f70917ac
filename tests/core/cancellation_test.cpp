// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/cancellation.hpp"

#include <gtest/gtest.h>

#include <csignal>

#include "magicface/core/error.hpp"

namespace magicface {
namespace {

// Each case runs in a process of its own: the request can't be taken back.
TEST(CancellationDeathTest, AFirstSignalAsksForAStop) {
  EXPECT_EXIT(
      {
        install_signal_handlers();
        throw_if_cancelled();  // nothing was asked for yet
        std::raise(SIGTERM);
        try {
          throw_if_cancelled();
        } catch (const Cancelled&) {
          std::_Exit(75);
        }
      },
      testing::ExitedWithCode(75), "");
}

TEST(CancellationDeathTest, ASecondSignalEndsAtOnce) {
  const auto twice = [](int signal) {
    install_signal_handlers();
    std::raise(signal);
    std::raise(signal);
  };
  EXPECT_EXIT(twice(SIGINT), testing::ExitedWithCode(130), "");
  EXPECT_EXIT(twice(SIGTERM), testing::ExitedWithCode(143), "");
}

}  // namespace
}  // namespace magicface
