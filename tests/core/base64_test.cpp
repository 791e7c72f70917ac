// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/base64.hpp"

#include <gtest/gtest.h>

namespace magicface {
namespace {

// RFC 4648, section 10.
TEST(Base64, TestVectors) {
  const auto of = [](const std::string& text) { return base64({text.begin(), text.end()}); };
  EXPECT_EQ(of(""), "");
  EXPECT_EQ(of("f"), "Zg==");
  EXPECT_EQ(of("fo"), "Zm8=");
  EXPECT_EQ(of("foobar"), "Zm9vYmFy");
}

}  // namespace
}  // namespace magicface
