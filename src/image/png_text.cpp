// SPDX-License-Identifier: Apache-2.0
#include "png_text.hpp"

#include <array>
#include <optional>
#include <string>

#include "bytes.hpp"
#include "magicface/image/encode.hpp"
#include "utf8.hpp"

namespace magicface::image {
namespace {

constexpr std::string_view kSignature = "\x89PNG\r\n\x1a\n";
constexpr std::string_view kKeyword{"parameters\0", 11};  // with the separator that follows it
constexpr std::size_t kChunkOverhead = 12;                // length, type, CRC

/// CRC-32 as PNG's specification gives it (reflected polynomial EDB88320), over the chunk's type and data.
std::uint32_t crc(Bytes bytes) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> entries{};
    for (std::uint32_t n = 0; n < entries.size(); ++n) {
      std::uint32_t value = n;
      for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? 0xEDB88320U ^ value >> 1 : value >> 1;
      entries[n] = value;
    }
    return entries;
  }();
  std::uint32_t value = 0xFFFFFFFFU;
  for (const std::uint8_t byte : bytes) value = table[(value ^ byte) & 0xFF] ^ value >> 8;
  return value ^ 0xFFFFFFFFU;
}

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

std::string text_chunk(std::string_view text) {
  const std::string valid = valid_utf8(text);
  const auto latin = utf8_to_latin1(valid);
  std::string content = latin ? "tEXt" : "iTXt";
  content += kKeyword;
  if (latin) {
    content += *latin;
  } else {
    content.append(4, '\0');  // not compressed, compression method, no language, no translated keyword
    content += valid;
  }
  const Bytes checked(reinterpret_cast<const std::uint8_t*>(content.data()), content.size());
  return big_endian(static_cast<std::uint32_t>(content.size() - 4)) + content + big_endian(crc(checked));
}

/// Text of one chunk's data, keyword included; nullopt when it is another text or compressed.
std::optional<std::string> text_of(const ByteReader& data, bool international) {
  if (!data.matches(0, kKeyword)) return std::nullopt;
  std::size_t at = kKeyword.size();
  if (international) {
    if (data.u8(at) != 0) return std::nullopt;
    at += 2;
    for (int skipped = 0; skipped < 2; ++skipped) {  // language and translated keyword
      while (data.has(at, 1) && data.u8(at) != 0) ++at;
      ++at;
    }
  }
  const Bytes raw = data.part(at, data.size());
  const std::string text(raw.begin(), raw.end());
  return international ? valid_utf8(text) : latin1_to_utf8(text);
}

}  // namespace

void add_png_text(std::vector<std::uint8_t>& png, std::string_view text) {
  const ByteReader reader(png, false);
  std::size_t at = kSignature.size();
  while (reader.has(at, kChunkOverhead) && !reader.matches(at + 4, "IDAT")) at += kChunkOverhead + reader.u32(at);
  const auto chunk = text_chunk(text);
  png.insert(png.begin() + static_cast<std::ptrdiff_t>(at), chunk.begin(), chunk.end());
}

void drop_png_profile(std::vector<std::uint8_t>& png) {
  for (std::size_t at = kSignature.size();;) {
    const ByteReader reader(png, false);
    const std::size_t length = reader.u32(at) + kChunkOverhead;
    if (!reader.has(at, length) || reader.matches(at + 4, "IDAT")) return;
    if (reader.matches(at + 4, "iCCP")) {
      const auto first = png.begin() + static_cast<std::ptrdiff_t>(at);
      png.erase(first, first + static_cast<std::ptrdiff_t>(length));
    } else {
      at += length;
    }
  }
}

std::optional<std::string> read_png_parameters(std::span<const std::uint8_t> bytes) {
  const ByteReader reader(bytes, false);
  if (!reader.matches(0, kSignature)) return std::nullopt;
  for (std::size_t at = kSignature.size(); reader.has(at, kChunkOverhead);) {
    const std::size_t length = reader.u32(at);
    if (!reader.has(at, kChunkOverhead + length)) return std::nullopt;
    const bool international = reader.matches(at + 4, "iTXt");
    if (international || reader.matches(at + 4, "tEXt")) {
      const auto text = text_of(ByteReader(reader.part(at + 8, length), false), international);
      if (text && crc(reader.part(at + 4, 4 + length)) == reader.u32(at + 8 + length)) return text;
    }
    at += kChunkOverhead + length;
  }
  return std::nullopt;
}

}  // namespace magicface::image
