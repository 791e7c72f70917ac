// SPDX-License-Identifier: Apache-2.0
#include "recorded_run.hpp"

#include <algorithm>

#include "item_lines.hpp"
#include "magicface/core/error.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

std::vector<fs::path> record_files(const fs::path& file_or_folder) {
  if (!fs::is_directory(file_or_folder)) return {file_or_folder};
  if (fs::exists(file_or_folder / "records.jsonl")) return {file_or_folder / "records.jsonl"};
  std::vector<fs::path> shards;
  for (const auto& entry : fs::directory_iterator(file_or_folder)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with("records.") && name.ends_with(".jsonl")) shards.push_back(entry.path());
  }
  if (shards.empty())
    throw NoInputError(file_or_folder.string() + ": no records.jsonl in this folder; name the record file");
  std::sort(shards.begin(), shards.end());
  return shards;
}

/// How many of the path's first parts have to go until it names a file in `folder`; nothing when none does.
std::optional<std::size_t> parts_to_drop(const fs::path& path, const fs::path& folder) {
  const auto relative = path.relative_path();
  auto part = relative.begin();
  for (std::size_t dropped = 0; part != relative.end(); ++part, ++dropped) {
    if (std::find(part, relative.end(), "..") != relative.end())
      continue;  // a name beside the records never leaves their folder
    fs::path rest;
    for (auto other = part; other != relative.end(); ++other) rest /= *other;
    if (fs::is_regular_file(folder / rest)) return dropped;
  }
  return std::nullopt;
}

fs::path without_first_parts(const fs::path& path, std::size_t count) {
  const auto relative = path.relative_path();
  fs::path rest;
  std::size_t index = 0;
  for (const auto& part : relative) {
    if (index++ >= count) rest /= part;
  }
  return rest.empty() ? path.filename() : rest;
}

/// Reads one file of records.
class RunReader {
 public:
  explicit RunReader(const fs::path& file) : beside_(file.parent_path()) {
    read_records(file, [&](std::size_t, const RecordJson& line) {
      if (line.at("event") == "item") line.at("input").at("path").get_ref<const std::string&>();
      lines_.add(line);
    });
  }

  std::vector<RecordedItem> items() {
    std::vector<RecordedItem> items;
    for (auto& line : lines_.lines()) items.push_back(item_of(std::move(line)));
    place(items);
    return items;
  }

 private:
  static RecordedItem item_of(ItemLine line) {
    RecordedItem item;
    if (const auto output = text_at(line.record, "output"); !output.empty()) item.output = line.folder / output;
    item.source = line.folder / text_at(line.record["input"], "path");
    item.record = std::move(line.record);
    item.root = std::move(line.folder);
    return item;
  }

  /// Where the outputs lie now; the first one that is found beside the records tells it for all.
  void place(std::vector<RecordedItem>& items) const {
    std::optional<std::size_t> dropped;
    for (const auto& item : items) {
      if (!dropped && !item.output.empty()) dropped = parts_to_drop(item.output, beside_);
    }
    for (auto& item : items) {
      if (item.output.empty()) {
        item.key = "item " + item.record.at("item").dump();
        continue;
      }
      const auto beside = dropped ? without_first_parts(item.output, *dropped) : item.output.filename();
      item.key = beside.generic_string();
      if (dropped) item.output = beside_ / beside;
      if (fs::exists(item.source)) continue;
      if (const auto parts = parts_to_drop(item.source, beside_))
        item.source = beside_ / without_first_parts(item.source, *parts);
    }
  }

  fs::path beside_;
  ItemLines lines_;
};

}  // namespace

const RecordJson& RecordedItem::variation() const {
  const auto& batch = record.at("batch");
  if (batch.is_null()) return record.at("parameters").at("au");
  return batch.at("edits").at(batch.at("place").get<std::size_t>() - 1).at("au");
}

RecordedRun read_run(const fs::path& file_or_folder) {
  RecordedRun run{file_or_folder, {}};
  for (const auto& file : record_files(file_or_folder)) {
    auto items = RunReader(file).items();
    std::move(items.begin(), items.end(), std::back_inserter(run.items));
  }
  if (run.items.empty())
    throw NoInputError(file_or_folder.string() +
                       ": no item in these records; was the run interrupted before its first?");
  std::stable_sort(run.items.begin(), run.items.end(),
                   [](const auto& a, const auto& b) { return a.record.at("item") < b.record.at("item"); });
  return run;
}

std::string run_name(const fs::path& file_or_folder) {
  const auto file = fs::absolute(file_or_folder);
  const auto folder = fs::is_directory(file_or_folder) ? file / "." : file.parent_path() / ".";
  return folder.lexically_normal().parent_path().filename().string();
}

}  // namespace magicface::app
