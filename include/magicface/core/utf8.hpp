// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace magicface {

/// `text` with `replacement` for every byte that isn't valid UTF-8 and every NUL.
std::string valid_utf8(std::string_view text, std::string_view replacement = "?");

/// Characters, not bytes, of a UTF-8 text.
std::size_t character_count(std::string_view text);

/// Of a UTF-8 text; all of it when it has fewer.
std::string first_characters(std::string_view text, std::size_t count);

/// nullopt when a character lies beyond U+00FF. `text` must be valid.
std::optional<std::string> utf8_to_latin1(std::string_view text);

std::string latin1_to_utf8(std::string_view text);

}  // namespace magicface
