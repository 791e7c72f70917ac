// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace magicface::image {

using Bytes = std::span<const std::uint8_t>;

/// Reads integers from untrusted bytes: past the end everything is 0, so that parsers need no check per field.
class ByteReader {
 public:
  ByteReader(Bytes bytes, bool little_endian) : bytes_(bytes), little_(little_endian) {}

  bool has(std::size_t at, std::size_t count) const { return at <= bytes_.size() && count <= bytes_.size() - at; }
  std::uint32_t u8(std::size_t at) const { return has(at, 1) ? bytes_[at] : 0U; }
  std::uint32_t u16(std::size_t at) const {
    if (!has(at, 2)) return 0;
    return little_ ? u8(at) | u8(at + 1) << 8 : u8(at) << 8 | u8(at + 1);
  }
  std::uint32_t u32(std::size_t at) const {
    if (!has(at, 4)) return 0;
    return little_ ? u16(at) | u16(at + 2) << 16 : u16(at) << 16 | u16(at + 2);
  }
  bool matches(std::size_t at, std::string_view text) const {
    return has(at, text.size()) && std::memcmp(bytes_.data() + at, text.data(), text.size()) == 0;
  }
  /// Clipped to what is there.
  Bytes part(std::size_t at, std::size_t count) const {
    if (at >= bytes_.size()) return {};
    return bytes_.subspan(at, std::min(count, bytes_.size() - at));
  }
  std::size_t size() const { return bytes_.size(); }

 private:
  Bytes bytes_;
  bool little_;
};

}  // namespace magicface::image
