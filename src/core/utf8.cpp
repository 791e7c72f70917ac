// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/utf8.hpp"

#include <algorithm>
#include <cstdint>

namespace magicface {
namespace {

unsigned byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

/// Length of the valid sequence that begins at `at`, 0 when there is none (overlong forms and surrogates included).
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const unsigned lead = byte_at(text, at);
  if (lead < 0x80) return lead == 0 ? 0 : 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (length == 0 || lead > 0xF4 || length > text.size() - at) return 0;
  std::uint32_t point = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte_at(text, at + i) & 0xC0) != 0x80) return 0;
    point = point << 6 | (byte_at(text, at + i) & 0x3F);
  }
  const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  return overlong || surrogate || point > 0x10FFFF ? 0 : length;
}

constexpr char kEscapeLead = '\xEE';

/// Whether one of U+EF80 to U+EFFF begins at `at`.
bool is_escape(std::string_view text, std::size_t at) {
  return text[at] == kEscapeLead && text.size() - at >= 3 && (byte_at(text, at + 1) & 0xFE) == 0xBE &&
         (byte_at(text, at + 2) & 0xC0) == 0x80;
}

bool begins_character(char byte) { return (byte & 0xC0) != 0x80; }

}  // namespace

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

std::string first_characters(std::string_view text, std::size_t count) {
  const auto end =
      std::find_if(text.begin(), text.end(), [&](char byte) { return begins_character(byte) && count-- == 0; });
  return {text.begin(), end};
}

std::string valid_utf8(std::string_view text, std::string_view replacement) {
  std::string valid;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence_length(text, at);
    if (length == 0) {
      valid += replacement;
      ++at;
    } else {
      valid += text.substr(at, length);
      at += length;
    }
  }
  return valid;
}

std::string escaped_bytes(std::string_view text) {
  std::string escaped;
  for (std::size_t at = 0; at < text.size();) {
    const unsigned byte = byte_at(text, at);
    const std::size_t length = byte == 0 ? 1 : sequence_length(text, at);
    if (length > 0 && !is_escape(text, at)) {
      escaped += text.substr(at, length);
      at += length;
      continue;
    }
    escaped += kEscapeLead;
    escaped += static_cast<char>(0xBC | byte >> 6);
    escaped += static_cast<char>(0x80 | (byte & 0x3F));
    ++at;
  }
  return escaped;
}

std::string unescaped_bytes(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_escape(text, at)) {
      bytes += text[at];
      continue;
    }
    bytes += static_cast<char>((byte_at(text, at + 1) & 0x03) << 6 | (byte_at(text, at + 2) & 0x3F));
    at += 2;
  }
  return bytes;
}

std::optional<std::string> utf8_to_latin1(std::string_view text) {
  std::string latin;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const unsigned lead = byte_at(text, at);
    if (lead < 0x80) {
      latin += text[at];
    } else if (lead <= 0xC3) {
      latin += static_cast<char>((lead & 0x03) << 6 | (byte_at(text, ++at) & 0x3F));
    } else {
      return std::nullopt;
    }
  }
  return latin;
}

std::string latin1_to_utf8(std::string_view text) {
  std::string utf8;
  for (const char character : text) {
    const auto point = static_cast<unsigned char>(character);
    if (point < 0x80) {
      utf8 += character;
    } else {
      utf8 += static_cast<char>(0xC0 | point >> 6);
      utf8 += static_cast<char>(0x80 | (point & 0x3F));
    }
  }
  return utf8;
}

}  // namespace magicface
