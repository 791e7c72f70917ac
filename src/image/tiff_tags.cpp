// SPDX-License-Identifier: Apache-2.0
#include "tiff_tags.hpp"

namespace magicface::image {

std::uint32_t tiff_tag(Bytes block, std::uint32_t tag) {
  const bool little = ByteReader(block, true).matches(0, std::string_view("II*\0", 4));
  if (!little && !ByteReader(block, false).matches(0, std::string_view("MM\0*", 4))) return 0;
  const ByteReader reader(block, little);
  constexpr std::uint32_t kShort = 3;
  constexpr std::uint32_t kLong = 4;
  constexpr std::size_t kEntryBytes = 12;
  const std::size_t directory = reader.u32(4);
  const std::uint32_t count = reader.u16(directory);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::size_t entry = directory + 2 + i * kEntryBytes;
    if (reader.u16(entry) != tag) continue;
    const std::uint32_t type = reader.u16(entry + 2);
    if (type == kShort) return reader.u16(entry + 8);
    if (type == kLong) return reader.u32(entry + 8);
    return 0;
  }
  return 0;
}

}  // namespace magicface::image
