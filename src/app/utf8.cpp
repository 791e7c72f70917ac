// SPDX-License-Identifier: Apache-2.0
#include "utf8.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace magicface::app {
namespace {

bool begins_character(char byte) { return (byte & 0xC0) != 0x80; }

}  // namespace

std::size_t character_count(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

std::string first_characters(const std::string& text, std::size_t count) {
  const auto end =
      std::find_if(text.begin(), text.end(), [&](char byte) { return begins_character(byte) && count-- == 0; });
  return {text.begin(), end};
}

std::string valid_utf8(const std::string& text) {
  using nlohmann::json;
  return json::parse(json(text).dump(-1, ' ', false, json::error_handler_t::replace)).get<std::string>();
}

}  // namespace magicface::app
