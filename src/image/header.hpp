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
};

/// nullopt when the bytes are none of our formats.
std::optional<Header> read_header(Bytes bytes);

}  // namespace magicface::image
