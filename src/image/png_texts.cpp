// SPDX-License-Identifier: Apache-2.0
#include "png_texts.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <optional>

#include "magicface/core/utf8.hpp"

namespace magicface::image {
namespace {

using namespace std::string_view_literals;

/// Of all texts together; docs/formats.md.
constexpr std::size_t kMostBytes = std::size_t{16} << 20;
constexpr std::size_t kMostTexts = 1000;

/// libpng writes spaces for what a keyword may not have, and refuses one of nothing else.
bool is_blank(std::string_view keyword) {
  return std::none_of(keyword.begin(), keyword.end(), [](char character) {
    const auto code = static_cast<unsigned char>(character);
    return (code > 32 && code < 127) || code > 160;
  });
}

/// Takes what stands before the next zero, and the zero.
std::optional<std::string_view> take_word(std::string_view& rest) {
  const auto end = rest.find('\0');
  if (end == rest.npos) return std::nullopt;
  const auto word = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return word;
}

class Inflation {
 public:
  explicit Inflation(std::string_view packed) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
    ready_ = ::inflateInit(&stream_) == Z_OK;
  }
  Inflation(const Inflation&) = delete;
  Inflation& operator=(const Inflation&) = delete;
  ~Inflation() { ::inflateEnd(&stream_); }

  /// Stops once there are more than `most` bytes; nothing when the data is damaged or cut short.
  std::optional<std::string> all(std::size_t most) {
    std::string text;
    std::array<char, 1 << 15> part;
    for (int status = ready_ ? Z_OK : Z_MEM_ERROR; status != Z_STREAM_END;) {
      if (status != Z_OK) return std::nullopt;
      if (text.size() > most) break;
      stream_.next_out = reinterpret_cast<Bytef*>(part.data());
      stream_.avail_out = static_cast<uInt>(part.size());
      status = ::inflate(&stream_, Z_NO_FLUSH);
      text.append(part.data(), part.size() - stream_.avail_out);
    }
    return text;
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

class Reader {
 public:
  void add(std::string_view kind, std::string_view rest) {
    const auto keyword = take_word(rest);
    if (!keyword || is_blank(*keyword)) return;
    const bool international = kind == "iTXt"sv;
    bool packed = kind == "zTXt"sv;
    if (international) {
      if (rest.empty()) return;
      packed = rest.front() != 0;
      rest.remove_prefix(1);
    }
    if (packed || international) {
      if (rest.empty() || (packed && rest.front() != 0)) return;  // the method: 0 is zlib's
      rest.remove_prefix(1);
    }
    if (international && (!take_word(rest) || !take_word(rest))) return;  // language, translated keyword
    if (found.texts.size() == kMostTexts || (!packed && rest.size() > budget_)) {
      found.complete = false;
      return;
    }
    auto text = packed ? unpacked(rest) : std::string(rest);
    if (!text) return;
    budget_ -= std::min(budget_, keyword->size() + text->size());
    text->resize(std::min(text->find('\0'), text->size()));  // some programs end them with a zero
    found.texts.push_back({latin1_to_utf8(*keyword), international ? valid_utf8(*text) : latin1_to_utf8(*text)});
  }

  PngTexts found;

 private:
  /// What unpacking costs is paid for, also when the text turns out to be too large.
  std::optional<std::string> unpacked(std::string_view rest) {
    if (budget_ > 0) {
      auto text = Inflation(rest).all(budget_);
      if (!text || text->size() <= budget_) return text;
    }
    budget_ = 0;
    found.complete = false;
    return std::nullopt;
  }

  std::size_t budget_ = kMostBytes;
};

}  // namespace

PngTexts read_png_texts(Bytes png) {
  const ByteReader reader(png, false);
  Reader texts;
  if (!reader.matches(0, "\x89PNG\r\n\x1a\n"sv)) return {};
  // A chunk: length (4), kind (4), data, checksum (4) of kind and data.
  for (std::size_t at = 8; reader.has(at, 12) && !reader.matches(at + 4, "IEND"sv);) {
    const std::size_t length = reader.u32(at), checked = 4 + length;
    if (!reader.has(at + 4, checked + 4)) break;
    const std::string_view chunk(reinterpret_cast<const char*>(png.data() + at + 4), checked);
    const auto kind = chunk.substr(0, 4);
    if ((kind == "tEXt"sv || kind == "zTXt"sv || kind == "iTXt"sv) &&
        ::crc32_z(0, png.data() + at + 4, checked) == reader.u32(at + 4 + checked)) {
      texts.add(kind, chunk.substr(4));
    }
    at += 12 + length;
  }
  return std::move(texts.found);
}

}  // namespace magicface::image
