// SPDX-License-Identifier: Apache-2.0
#include "exif.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "tiff_tags.hpp"

namespace magicface::image {
namespace {

using namespace std::string_view_literals;

constexpr std::uint32_t kTagExifDirectory = 34665;
constexpr std::uint32_t kTagPixelAcross = 40962;
constexpr std::uint32_t kTagPixelDown = 40963;
constexpr std::uint32_t kTagThumbnail = 513;
constexpr std::uint32_t kTagThumbnailBytes = 514;
constexpr std::uint32_t kTagStrip = 273;
constexpr std::uint32_t kTagStripBytes = 279;
constexpr std::uint32_t kShort = 3;
constexpr std::uint32_t kLong = 4;
constexpr std::size_t kEntryBytes = 12;

/// A TIFF block whose single values are changed where they stand.
class Block {
 public:
  explicit Block(std::vector<std::uint8_t>& bytes)
      : bytes_(bytes), little_(ByteReader(bytes, true).matches(0, "II"sv)) {}

  std::size_t first_directory() const { return reader().u32(4); }
  std::size_t next_directory(std::size_t directory) const { return reader().u32(end_of(directory)); }
  void cut_after(std::size_t directory) { put(end_of(directory), 4, 0); }

  std::optional<std::uint32_t> value(std::size_t directory, std::uint32_t tag) const {
    const auto entry = find(directory, tag);
    if (!entry) return std::nullopt;
    return reader().u16(*entry + 2) == kShort ? reader().u16(*entry + 8) : reader().u32(*entry + 8);
  }
  /// Nothing happens where the tag isn't.
  void set(std::size_t directory, std::uint32_t tag, std::uint32_t value) {
    const auto entry = find(directory, tag);
    if (!entry) return;
    put(*entry + 8, 4, 0);
    put(*entry + 8, reader().u16(*entry + 2) == kShort ? 2 : 4, value);
  }
  void wipe(std::size_t at, std::size_t count) {
    const auto part = reader().part(at, count);
    std::fill_n(bytes_.begin() + static_cast<std::ptrdiff_t>(std::min(at, bytes_.size())), part.size(),
                std::uint8_t{0});
  }
  void wipe_directory(std::size_t directory) { wipe(directory, end_of(directory) + 4 - directory); }

 private:
  ByteReader reader() const { return {bytes_, little_}; }
  std::size_t end_of(std::size_t directory) const { return directory + 2 + reader().u16(directory) * kEntryBytes; }

  std::optional<std::size_t> find(std::size_t directory, std::uint32_t tag) const {
    for (std::size_t entry = directory + 2; entry < end_of(directory) && reader().has(entry, kEntryBytes);
         entry += kEntryBytes) {
      const auto type = reader().u16(entry + 2);
      if (reader().u16(entry) == tag && (type == kShort || type == kLong)) return entry;
    }
    return std::nullopt;
  }
  void put(std::size_t at, std::size_t count, std::uint32_t value) {
    if (!reader().has(at, count)) return;
    for (std::size_t i = 0; i < count; ++i) {
      bytes_[at + i] = static_cast<std::uint8_t>(value >> 8 * (little_ ? i : count - 1 - i));
    }
  }

  std::vector<std::uint8_t>& bytes_;
  bool little_;
};

void drop_thumbnail(Block& block, std::size_t directory) {
  const std::size_t thumbnail = block.next_directory(directory);
  block.cut_after(directory);
  if (thumbnail == 0) return;
  for (const auto& [start, length] : {std::pair{kTagThumbnail, kTagThumbnailBytes}, {kTagStrip, kTagStripBytes}}) {
    const auto at = block.value(thumbnail, start);
    const auto count = block.value(thumbnail, length);
    if (at && count) block.wipe(*at, *count);
  }
  block.wipe_directory(thumbnail);
}

}  // namespace

void drop_exif_prefix(std::vector<std::uint8_t>& exif) {
  constexpr auto kPrefix = "Exif\0\0"sv;
  if (ByteReader(exif, false).matches(0, kPrefix)) {
    exif.erase(exif.begin(), exif.begin() + static_cast<std::ptrdiff_t>(kPrefix.size()));
  }
}

int exif_orientation(Bytes exif) {
  const auto value = tiff_tag(exif, kTagOrientation);
  return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
}

void settle_exif(std::vector<std::uint8_t>& exif, cv::Size size) {
  drop_exif_prefix(exif);
  const ByteReader reader(exif, false);
  if (!reader.matches(0, "II*\0"sv) && !reader.matches(0, "MM\0*"sv)) return exif.clear();
  Block block(exif);
  const auto directory = block.first_directory();
  const auto across = static_cast<std::uint32_t>(size.width), down = static_cast<std::uint32_t>(size.height);
  block.set(directory, kTagOrientation, 1);
  block.set(directory, kTagWidth, across);
  block.set(directory, kTagHeight, down);
  drop_thumbnail(block, directory);
  if (const auto exif_directory = block.value(directory, kTagExifDirectory)) {
    block.set(*exif_directory, kTagPixelAcross, across);
    block.set(*exif_directory, kTagPixelDown, down);
  }
}

}  // namespace magicface::image
