// SPDX-License-Identifier: Apache-2.0
#include "item_lines.hpp"

#include <algorithm>

namespace magicface::app {
namespace {

/// Where the job file has the item, which stays when lines before it are mended; without one, its number.
std::string place_of(const RecordJson& line) {
  return line.contains("line") ? "line " + line["line"].dump() : "item " + line.at("item").dump();
}

}  // namespace

void ItemLines::add(const RecordJson& line) {
  const auto& event = line.at("event");
  if (event == "run") folder_ = text_at(line, "folder");
  if (event == "item") add_item(line, folder_);
}

void ItemLines::add_item(const RecordJson& line, const std::filesystem::path& folder) {
  line.at("item").get<std::size_t>();
  const auto output = text_at(line, "output");
  if (output.empty()) {
    last_[place_of(line)] = {line, folder};
    return;
  }
  last_.erase(place_of(line));
  auto& counts = last_[(folder / output).lexically_normal().string()];
  const bool undoes = text_at(counts.record, "status") == "ok" && line.at("status") != "ok";
  if (!undoes) counts = {line, folder};
}

std::vector<ItemLine> ItemLines::lines() const {
  std::vector<ItemLine> lines;
  for (const auto& [name, line] : last_) lines.push_back(line);
  std::stable_sort(lines.begin(), lines.end(), [](const ItemLine& a, const ItemLine& b) {
    return a.record.at("item").get<std::size_t>() < b.record.at("item").get<std::size_t>();
  });
  return lines;
}

}  // namespace magicface::app
