// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace magicface::image {

/// Puts `text` (UTF-8; damaged sequences become '?') under the keyword `parameters` before the first IDAT: as tEXt when
/// Latin-1 can hold it, which most readers expect, else as iTXt.
void add_png_text(std::vector<std::uint8_t>& png, std::string_view text);

/// Removes embedded colour profiles. They aren't used, and libpng complains about harmless ones on stderr.
void drop_png_profile(std::vector<std::uint8_t>& png);

}  // namespace magicface::image
