// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace magicface::app {

/// Characters, not bytes, of a UTF-8 text.
std::size_t character_count(const std::string& text);
/// Of a UTF-8 text; all of it when it has fewer.
std::string first_characters(const std::string& text, std::size_t count);
/// With U+FFFD in place of what isn't UTF-8: a file's name may hold any bytes.
std::string valid_utf8(const std::string& text);

}  // namespace magicface::app
