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
  std::optional<int> quality;  ///< 1 to 100, JPEG and WebP only; unset: as the source was coded, else 95
  std::string parameters;  ///< UTF-8; PNG's text under the keyword `parameters`, as image tools read it; empty: none
};

/// @throws UsageError that names the remedy where this program can't write the format: BMP without its module. To be
/// asked before there is a picture.
void check_writable(Format format);

/// The picture as a file in memory, with its metadata; equal input gives equal bytes. What each format keeps is in
/// docs/formats.md: PNG and TIFF hold 16 bits; PNG, WebP and TIFF hold alpha, JPEG and BMP drop it.
/// @param warnings what the format can't hold and the file therefore lacks is added here, a sentence each; may be null
/// @throws UsageError for a quality out of range, ItemError for a picture the format can't hold (WebP: 16383 a side).
std::vector<std::uint8_t> encode_picture(const Picture& picture, const EncodeOptions& options,
                                         std::vector<std::string>* warnings = nullptr);

/// The PNG text under the keyword `parameters` as UTF-8; nullopt when there is none, its CRC is wrong, or the bytes are
/// no PNG.
std::optional<std::string> read_png_parameters(std::span<const std::uint8_t> bytes);

}  // namespace magicface::image
