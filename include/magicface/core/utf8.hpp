// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace magicface {

/// `text` with `replacement` for every byte that isn't valid UTF-8 and every NUL.
std::string valid_utf8(std::string_view text, std::string_view replacement = "?");

/// Valid UTF-8 that `unescaped_bytes` turns back into any `text`: a byte 80 to FF that isn't valid becomes U+EF80 to
/// U+EFFF (of the private use area), and so does each byte of such a character.
std::string escaped_bytes(std::string_view text);
std::string unescaped_bytes(std::string_view text);

/// Characters, not bytes, of a UTF-8 text.
std::size_t character_count(std::string_view text);

/// Of a UTF-8 text; all of it when it has fewer.
std::string first_characters(std::string_view text, std::size_t count);

/// nullopt when a character lies beyond U+00FF. `text` must be valid.
std::optional<std::string> utf8_to_latin1(std::string_view text);

std::string latin1_to_utf8(std::string_view text);

}  // namespace magicface
