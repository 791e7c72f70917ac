// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/utf8.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace magicface {
namespace {

TEST(EscapedBytes, LeaveUtf8AsItIs) {
  for (const std::string text :
       {"", "plain.png", "Gr\xC3\xBC\xC3\x9F", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xEE\xBC\x80"})
    EXPECT_EQ(escaped_bytes(text), text);
}

TEST(EscapedBytes, AreUtf8) {
  EXPECT_EQ(escaped_bytes("caf\xE9.png"), "caf\xEE\xBF\xA9.png") << "U+EFE9";
  EXPECT_EQ(escaped_bytes("\x80\xFF"), "\xEE\xBE\x80\xEE\xBF\xBF");
}

TEST(EscapedBytes, ComeBackWhateverTheyWere) {
  std::mt19937 random(7);
  std::uniform_int_distribution<int> byte(0, 255), some(0, 12);
  const std::string parts[] = {"\xEE\xBE\x80", "\xEE\xBF\xBF", "\xEE\xBE", "\xEE", "\xE9", "\xC3\xA9", "a"};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (int length = some(random); length > 0; --length)
      text += round % 2 == 0 ? std::string(1, static_cast<char>(byte(random))) : parts[byte(random) % 7];
    const auto escaped = escaped_bytes(text);
    EXPECT_EQ(unescaped_bytes(escaped), text);
    EXPECT_EQ(escaped_bytes(unescaped_bytes(escaped)), escaped);
    if (text.find('\0') != std::string::npos) continue;  // a NUL stays, and isn't for valid_utf8
    EXPECT_EQ(valid_utf8(escaped), escaped);
  }
}

}  // namespace
}  // namespace magicface
