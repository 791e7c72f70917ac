// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zlib.h>

#include <string_view>

#include "picture_helpers.hpp"

namespace magicface::image {

/// A PNG chunk with its checksum.
inline ByteVector png_chunk(std::string_view kind, std::string_view data) {
  ByteVector bytes;
  const auto put = [&](std::size_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::uint8_t>(value >> shift));
  };
  put(data.size());
  bytes.insert(bytes.end(), kind.begin(), kind.end());
  bytes.insert(bytes.end(), data.begin(), data.end());
  put(::crc32(0, bytes.data() + 4, static_cast<uInt>(bytes.size() - 4)));
  return bytes;
}

inline std::string deflated(const std::string& text) {
  std::string packed(::compressBound(text.size()), '\0');
  uLongf size = packed.size();
  ::compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(text.data()), text.size());
  packed.resize(size);
  return packed;
}

/// Puts a chunk behind the header, or before the end.
inline void add_chunk(ByteVector& png, const ByteVector& chunk, bool at_end = false) {
  constexpr std::ptrdiff_t kBehindHeader = 33, kEnd = 12;
  png.insert(at_end ? png.end() - kEnd : png.begin() + kBehindHeader, chunk.begin(), chunk.end());
}

}  // namespace magicface::image
