// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace magicface::image {

/// `text` with every damaged sequence and every NUL replaced by '?'; what is left is valid UTF-8.
std::string valid_utf8(std::string_view text);

/// nullopt when a character lies beyond U+00FF. `text` must be valid.
std::optional<std::string> utf8_to_latin1(std::string_view text);

std::string latin1_to_utf8(std::string_view text);

}  // namespace magicface::image
