// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "bytes.hpp"
#include "magicface/image/format.hpp"

namespace magicface::image {

/// What a file says about itself before any pixel is decoded.
struct Header {
  Format format = Format::png;
  std::int64_t width = 0;   ///< 0 when the file ends inside its header
  std::int64_t height = 0;  ///< as stored, before orientation
  int orientation = 1;      ///< EXIF, 1 to 8; 1 for TIFF, whose decoder turns the picture itself
  bool complete = true;     ///< false: a JPEG without its end marker (its decoder would fill up with grey, silently)
};

/// nullopt when the bytes are none of our formats.
std::optional<Header> read_header(Bytes bytes);

}  // namespace magicface::image
