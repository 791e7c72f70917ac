// SPDX-License-Identifier: Apache-2.0
#include "tiff_exif.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace magicface::image {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 17> kDescriptive{269,   270,   271,   272,   285,   305,   306,   315,  316,
                                                     18246, 33432, 34665, 34853, 40091, 40092, 40093, 40095};
constexpr std::array<std::uint16_t, 3> kChildren{34665, 34853, 40965};  // EXIF, GPS, interoperability
constexpr std::uint16_t kLong = 4;
constexpr std::size_t kEntryBytes = 12;
constexpr std::size_t kInPlace = 4;  ///< values up to this size stand in the entry itself

struct Entry;
using Directory = std::vector<Entry>;

/// Values are little-endian here, whatever the source was.
struct Entry {
  std::uint16_t tag = 0, type = 0;
  std::uint32_t count = 0;
  std::vector<std::uint8_t> value;
  Directory child{};
};

bool is_little(Bytes block) { return ByteReader(block, true).matches(0, "II*\0"sv); }
bool is_tiff(Bytes block) { return is_little(block) || ByteReader(block, false).matches(0, "MM\0*"sv); }

std::size_t size_of_type(std::uint16_t type) {
  constexpr std::array<std::uint8_t, 13> kSizes{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
  return type < kSizes.size() ? kSizes[type] : 0;
}
/// A rational is two numbers of 4 bytes.
std::size_t unit_of_type(std::uint16_t type) { return type == 5 || type == 10 ? 4 : size_of_type(type); }

template <std::size_t N>
bool is_one_of(const std::array<std::uint16_t, N>& tags, std::uint16_t tag) {
  return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

/// Entries that lie outside the block, have an unknown type, or go beyond `budget` are left out. It counts bytes of
/// entries, whatever is in them, and of values beside them: many may claim the same large part of a file, or the same
/// directory. What a sound file holds never costs more than the file's size.
Directory read_directory(Bytes block, std::size_t at, std::size_t& budget, int depth = 0) {
  constexpr int kDeepest = 2;
  const bool little = is_little(block);
  const ByteReader reader(block, little);
  Directory directory;
  for (std::uint32_t i = 0; i < reader.u16(at); ++i) {
    const std::size_t place = at + 2 + i * kEntryBytes;
    if (!reader.has(place, kEntryBytes) || budget < kEntryBytes) break;
    budget -= kEntryBytes;
    Entry entry{static_cast<std::uint16_t>(reader.u16(place)),
                static_cast<std::uint16_t>(reader.u16(place + 2)),
                reader.u32(place + 4),
                {}};
    const std::size_t size = size_of_type(entry.type) * entry.count;
    const std::size_t value_at = size <= kInPlace ? place + 8 : reader.u32(place + 8);
    const std::size_t cost = size <= kInPlace ? 0 : size;
    if (size == 0 || cost > budget || !reader.has(value_at, size)) continue;
    budget -= cost;
    const auto value = reader.part(value_at, size);
    entry.value.assign(value.begin(), value.end());
    const auto unit = static_cast<std::ptrdiff_t>(unit_of_type(entry.type));
    for (auto from = entry.value.begin(); !little && from != entry.value.end(); from += unit)
      std::reverse(from, from + unit);
    if (is_one_of(kChildren, entry.tag)) {
      if (depth < kDeepest) entry.child = read_directory(block, reader.u32(value_at), budget, depth + 1);
      if (entry.child.empty()) continue;
    }
    directory.push_back(std::move(entry));
  }
  return directory;
}

void put(std::vector<std::uint8_t>& bytes, std::uint32_t value, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> 8 * i));
}

/// Appends a directory, little-endian, with its values and children behind it; gives where it begins.
std::uint32_t append_directory(std::vector<std::uint8_t>& bytes, Directory directory) {
  std::stable_sort(directory.begin(), directory.end(), [](const Entry& a, const Entry& b) { return a.tag < b.tag; });
  bytes.resize(bytes.size() + bytes.size() % 2);
  const auto begin = bytes.size();
  auto behind = begin + 2 + directory.size() * kEntryBytes + 4;
  // Children first: their place becomes the entry's value.
  std::vector<std::uint8_t> tail(behind, 0);
  for (auto& entry : directory) {
    if (entry.child.empty()) continue;
    const auto place = append_directory(tail, std::move(entry.child));
    entry.type = kLong;
    entry.count = 1;
    entry.value.clear();
    put(entry.value, place, 4);
  }
  put(bytes, static_cast<std::uint32_t>(directory.size()), 2);
  for (auto& entry : directory) {
    put(bytes, entry.tag, 2);
    put(bytes, entry.type, 2);
    put(bytes, entry.count, 4);
    if (entry.value.size() <= kInPlace) {
      entry.value.resize(kInPlace);
      bytes.insert(bytes.end(), entry.value.begin(), entry.value.end());
    } else {
      tail.resize(tail.size() + tail.size() % 2);
      put(bytes, static_cast<std::uint32_t>(tail.size()), 4);
      tail.insert(tail.end(), entry.value.begin(), entry.value.end());
    }
  }
  put(bytes, 0, 4);  // no further directory
  bytes.insert(bytes.end(), tail.begin() + static_cast<std::ptrdiff_t>(behind), tail.end());
  return static_cast<std::uint32_t>(begin);
}

Directory descriptive_entries(Bytes block) {
  if (!is_tiff(block)) return {};
  std::size_t budget = std::size_t{16} << 20;
  auto directory = read_directory(block, ByteReader(block, is_little(block)).u32(4), budget);
  std::erase_if(directory, [](const Entry& entry) { return !is_one_of(kDescriptive, entry.tag); });
  return directory;
}

}  // namespace

std::vector<std::uint8_t> exif_of_tiff(Bytes file) {
  auto entries = descriptive_entries(file);
  if (entries.empty()) return {};
  std::vector<std::uint8_t> block{'I', 'I', 42, 0, 8, 0, 0, 0};
  append_directory(block, std::move(entries));
  return block;
}

void add_exif_to_tiff(std::vector<std::uint8_t>& file, Bytes exif) {
  auto entries = descriptive_entries(exif);
  if (entries.empty() || !is_little(file)) return;
  std::size_t budget = file.size();
  auto directory = read_directory(file, ByteReader(file, true).u32(4), budget);
  std::move(entries.begin(), entries.end(), std::back_inserter(directory));
  const auto place = append_directory(file, std::move(directory));
  for (int i = 0; i < 4; ++i) file[4 + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(place >> 8 * i);
}

}  // namespace magicface::image
