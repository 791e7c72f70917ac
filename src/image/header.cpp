// SPDX-License-Identifier: Apache-2.0
#include "header.hpp"

#include <cstdlib>

#include "tiff_tags.hpp"

namespace magicface::image {
namespace {

Header png_header(Bytes bytes) {
  const ByteReader reader(bytes, false);
  return {Format::png, reader.u32(16), reader.u32(20)};
}

Header jpeg_header(Bytes bytes) {
  const ByteReader reader(bytes, false);
  Header header{Format::jpg};
  for (std::size_t at = 2; reader.has(at, 4);) {
    const std::uint32_t marker = reader.u8(at + 1);
    if (reader.u8(at) != 0xFF || marker == 0xFF || marker == 0) {
      ++at;  // fill bytes, and rubbish between segments that some cameras leave
      continue;
    }
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) {
      at += 2;  // a marker without a segment
      continue;
    }
    const bool frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (frame) {
      header.height = reader.u16(at + 5);
      header.width = reader.u16(at + 7);
    }
    if (frame || marker == 0xDA) break;  // what follows are tables and compressed data
    at += 2 + static_cast<std::size_t>(reader.u16(at + 2));
  }
  return header;
}

Header bmp_header(Bytes bytes) {
  const ByteReader reader(bytes, true);
  if (reader.u32(14) == 12) return {Format::bmp, reader.u16(18), reader.u16(20)};
  const auto height = static_cast<std::int32_t>(reader.u32(22));  // negative: rows from top to bottom
  return {Format::bmp, static_cast<std::int32_t>(reader.u32(18)), std::abs(static_cast<std::int64_t>(height))};
}

Header webp_header(Bytes bytes) {
  const ByteReader reader(bytes, true);
  Header header{Format::webp};
  if (reader.matches(12, "VP8X") && reader.has(24, 6)) {
    header.width = 1 + static_cast<std::int64_t>(reader.u16(24) | reader.u8(26) << 16);
    header.height = 1 + static_cast<std::int64_t>(reader.u16(27) | reader.u8(29) << 16);
  } else if (reader.matches(12, "VP8L") && reader.has(21, 4)) {
    header.width = 1 + static_cast<std::int64_t>(reader.u32(21) & 0x3FFF);
    header.height = 1 + static_cast<std::int64_t>(reader.u32(21) >> 14 & 0x3FFF);
  } else if (reader.matches(12, "VP8 ")) {
    header.width = reader.u16(26) & 0x3FFF;
    header.height = reader.u16(28) & 0x3FFF;
  }
  return header;
}

}  // namespace

std::optional<Header> read_header(Bytes bytes) {
  const ByteReader reader(bytes, false);
  if (reader.matches(0, "\x89PNG\r\n\x1a\n")) return png_header(bytes);
  if (reader.matches(0, "\xFF\xD8\xFF")) return jpeg_header(bytes);
  if (reader.matches(0, "BM")) return bmp_header(bytes);
  if (reader.matches(0, "RIFF") && reader.matches(8, "WEBP")) return webp_header(bytes);
  if (reader.matches(0, std::string_view("II*\0", 4)) || reader.matches(0, std::string_view("MM\0*", 4))) {
    return Header{Format::tiff, tiff_tag(bytes, kTagWidth), tiff_tag(bytes, kTagHeight)};
  }
  return std::nullopt;
}

}  // namespace magicface::image
