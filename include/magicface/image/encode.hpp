// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "magicface/image/format.hpp"
#include "magicface/image/picture.hpp"

namespace magicface::image {

struct EncodeOptions {
  Format format = Format::png;
  int quality = 95;        ///< 1 to 100, JPEG and WebP only
  std::string parameters;  ///< UTF-8; PNG's text under the keyword `parameters`, as image tools read it; empty: none
};

/// The picture as a file in memory; equal input gives equal bytes. PNG, WebP and TIFF carry alpha; JPEG and BMP drop
/// it.
/// @throws UsageError for a quality out of range, ItemError for a picture the format can't hold (WebP: 16383 a side).
std::vector<std::uint8_t> encode_picture(const Picture& picture, const EncodeOptions& options);

/// The PNG text under the keyword `parameters` as UTF-8 (tEXt or uncompressed iTXt); nullopt when there is none, the
/// chunk's CRC is wrong, or the bytes are no PNG.
std::optional<std::string> read_png_parameters(std::span<const std::uint8_t> bytes);

}  // namespace magicface::image
