// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/json_depth.hpp"

#include <gtest/gtest.h>

#include <string>

namespace magicface {
namespace {

std::string nested(int depth, const std::string& opening, const std::string& closing) {
  std::string text = "1";
  for (int i = 0; i < depth; ++i) text = opening + text + closing;
  return text;
}

TEST(JsonDepth, ManyLevelsAreTooDeep) {
  EXPECT_FALSE(nests_too_deep(nested(64, "[", "]")));
  EXPECT_TRUE(nests_too_deep(nested(65, "[", "]")));
  EXPECT_TRUE(nests_too_deep(nested(65, "{\"a\":", "}")));
  EXPECT_TRUE(nests_too_deep(std::string(100, '['))) << "unfinished";
}

TEST(JsonDepth, ManyNeighboursAreNot) {
  std::string row = "[";
  for (int i = 0; i < 1000; ++i) row += "{\"a\": [1]},";
  EXPECT_FALSE(nests_too_deep(row + "0]"));
}

TEST(JsonDepth, BracketsInTextsDoNotCount) {
  EXPECT_FALSE(nests_too_deep("\"" + std::string(100, '[') + "\""));
  EXPECT_FALSE(nests_too_deep("\"\\\"" + std::string(100, '[') + "\""));
  EXPECT_TRUE(nests_too_deep("\"\\\\\"" + std::string(100, '[')));
}

}  // namespace
}  // namespace magicface
