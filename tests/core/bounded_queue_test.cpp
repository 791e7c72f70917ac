// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/bounded_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace magicface {
namespace {

TEST(BoundedQueues, KeepTheOrderAndTheBound) {
  BoundedQueue<int> queue(2);
  std::atomic<int> pushed{0};
  std::thread producer([&] {
    for (int i = 0; i < 1000; ++i) {
      queue.push(i);
      ++pushed;
    }
    queue.close();
  });
  int expected = 0;
  while (const auto value = queue.pop()) {
    EXPECT_EQ(*value, expected++);
    EXPECT_LE(pushed - expected, 3) << "two inside, one about to be";
  }
  EXPECT_EQ(expected, 1000);
  producer.join();
}

TEST(BoundedQueues, ClosingWakesWhoWaits) {
  BoundedQueue<int> full(1), empty(1);
  full.push(1);
  std::thread producer([&] { EXPECT_FALSE(full.push(2)); });
  std::thread consumer([&] { EXPECT_EQ(empty.pop(), std::nullopt); });
  full.close();
  empty.close();
  producer.join();
  consumer.join();
  EXPECT_EQ(full.pop(), 1) << "what is inside can still be taken";
  EXPECT_EQ(full.pop(), std::nullopt);
}

}  // namespace
}  // namespace magicface
