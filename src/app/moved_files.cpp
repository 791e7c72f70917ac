// SPDX-License-Identifier: Apache-2.0
#include "moved_files.hpp"

#include <algorithm>
#include <iterator>

#include "magicface/core/files.hpp"

namespace magicface::app {
namespace fs = std::filesystem;

std::optional<std::size_t> parts_to_drop(const fs::path& path, const fs::path& folder) {
  const auto relative = path.relative_path();
  auto part = relative.begin();
  for (std::size_t dropped = 0; part != relative.end(); ++part, ++dropped) {
    if (std::find(part, relative.end(), "..") != relative.end())
      continue;  // a name beside the records never leaves their folder
    fs::path rest;
    for (auto other = part; other != relative.end(); ++other) rest /= *other;
    if (is_file(folder / rest)) return dropped;
  }
  return std::nullopt;
}

fs::path Move::operator()(const fs::path& path) const {
  return (to / path.lexically_relative(from)).lexically_normal();
}

bool Move::holds(const fs::path& path) const { return lies_inside(path.lexically_relative(from)); }

std::optional<Move> find_move(const fs::path& path, const fs::path& folder) {
  const auto dropped = parts_to_drop(path, folder);
  if (!dropped) return std::nullopt;
  const auto relative = path.relative_path();
  auto from = path.root_path();
  for (auto part = relative.begin(); part != std::next(relative.begin(), static_cast<std::ptrdiff_t>(*dropped)); ++part)
    from /= *part;
  return Move{from, folder};
}

}  // namespace magicface::app
