// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "bytes.hpp"

namespace magicface::image {

inline constexpr std::uint32_t kTagWidth = 256;
inline constexpr std::uint32_t kTagHeight = 257;
inline constexpr std::uint32_t kTagOrientation = 274;

/// First value of a SHORT or LONG tag in the first directory of a TIFF block (a TIFF file, or the EXIF of another
/// file); 0 when it isn't there or the block is damaged.
std::uint32_t tiff_tag(Bytes block, std::uint32_t tag);

}  // namespace magicface::image
