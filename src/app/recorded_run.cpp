// SPDX-License-Identifier: Apache-2.0
#include "recorded_run.hpp"

#include <algorithm>
#include <map>

#include "item_lines.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/hash.hpp"
#include "moved_files.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

std::vector<fs::path> record_files(const fs::path& file_or_folder) {
  if (!fs::is_directory(file_or_folder)) return {file_or_folder};
  if (path_exists(file_or_folder / "records.jsonl")) return {file_or_folder / "records.jsonl"};
  auto shards = record_files_in(file_or_folder);
  if (shards.empty())
    throw NoInputError(file_or_folder.string() + ": no records.jsonl in this folder; name the record file");
  return shards;
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

std::vector<ItemLine> lines_of(const fs::path& file) {
  ItemLines lines;
  read_records(file, [&](std::size_t, const RecordJson& line) {
    if (line.at("event") == "item") line.at("input").at("path").get_ref<const std::string&>();
    lines.add(line);
  });
  return lines.lines();
}

/// The files of one folder as if they were one: a job that was divided anew has the same outputs in records of both
/// divisions, which would count twice.
std::vector<ItemLine> lines_of(const std::vector<fs::path>& files) {
  if (files.size() == 1) return lines_of(files.front());
  std::vector<ItemLine> all;
  for (const auto& file : files) {
    auto lines = lines_of(file);
    std::move(lines.begin(), lines.end(), std::back_inserter(all));
  }
  std::stable_sort(all.begin(), all.end(), [](const ItemLine& a, const ItemLine& b) {
    return text_at(a.record, "time") < text_at(b.record, "time");
  });
  ItemLines joined;
  for (const auto& line : all) joined.add_item(line.record, line.folder);
  return joined.lines();
}

bool has_bytes(const fs::path& file, const std::string& sha256) {
  try {
    return is_file(file) && sha256_of_file(file) == sha256;
  } catch (const Error&) {  // it can't be read
    return false;
  }
}

/// A file that isn't where the record says: the recorded name, from the current folder or from `beside` upwards. So
/// wide a search finds other files of that name, too, so the bytes decide.
std::optional<fs::path> find_recorded(const RecordedItem& item, const fs::path& beside) {
  const auto sha256 = text_at(item.record["input"], "sha256");
  if (sha256.empty()) return std::nullopt;
  const auto name = item.root.empty() ? item.source : item.source.lexically_normal().lexically_relative(item.root);
  std::vector<fs::path> folders{fs::current_path()};
  const auto below = fs::absolute(beside / ".").lexically_normal().parent_path();
  for (auto folder = below; folders.back() != folder || folders.size() == 1; folder = folder.parent_path())
    folders.push_back(folder);
  for (const auto& folder : folders) {
    const auto file = (folder / name).lexically_normal();
    if (has_bytes(file, sha256)) return file;
  }
  return std::nullopt;
}

/// The deepest folder that holds all outputs; empty without any.
fs::path common_folder(const std::vector<RecordedItem>& items) {
  std::optional<fs::path> common;
  for (const auto& item : items) {
    if (item.output.empty()) continue;
    const auto folder = item.output.parent_path();
    if (!common) common = folder;
    const auto [end, unused] = std::mismatch(common->begin(), common->end(), folder.begin(), folder.end());
    fs::path shared;
    for (auto part = common->begin(); part != end; ++part) shared /= *part;
    common = shared;
  }
  return common.value_or(fs::path());
}

/// Reads the records of one folder.
class RunReader {
 public:
  explicit RunReader(const std::vector<fs::path>& files)
      : beside_(files.front().parent_path()), lines_(lines_of(files)) {}

  std::vector<RecordedItem> items() {
    std::vector<RecordedItem> items;
    for (auto& line : lines_) items.push_back(item_of(std::move(line)));
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

  /// Where the outputs lie now; the first one that is found beside the records tells it for all of its run's folder.
  void place(std::vector<RecordedItem>& items) const {
    std::map<fs::path, std::size_t> dropped_by_root;  // shards may have run on machines that call the folder otherwise
    for (const auto& item : items) {
      if (item.output.empty() || dropped_by_root.contains(item.root)) continue;
      if (const auto parts = parts_to_drop(item.output, beside_)) dropped_by_root[item.root] = *parts;
    }
    const auto dropped_of = [&](const fs::path& root) -> std::optional<std::size_t> {
      if (dropped_by_root.empty()) return std::nullopt;
      const auto own = dropped_by_root.find(root);
      return own != dropped_by_root.end() ? own->second : dropped_by_root.begin()->second;
    };
    const auto common = common_folder(items);
    std::map<fs::path, std::optional<fs::path>> sources;  // one has many edits
    for (auto& item : items) {
      if (item.output.empty()) {
        item.key = "item " + item.record.at("item").dump();
        continue;
      }
      const auto dropped = dropped_of(item.root);
      const auto beside = dropped ? without_first_parts(item.output, *dropped) : item.output.lexically_relative(common);
      item.key = beside.generic_string();
      if (const auto now = beside_ / beside; dropped && (path_exists(now) || !path_exists(item.output)))
        item.output = now;
      if (path_exists(item.source)) continue;
      auto [found, fresh] = sources.try_emplace(item.source);
      if (fresh) found->second = find_recorded(item, beside_);
      if (found->second)
        item.source = *found->second;
      else if (const auto parts = parts_to_drop(item.source, beside_))
        item.source = beside_ / without_first_parts(item.source, *parts);
    }
  }

  fs::path beside_;
  std::vector<ItemLine> lines_;
};

}  // namespace

const RecordJson& RecordedItem::variation() const {
  const auto& batch = record.at("batch");
  if (batch.is_null()) return record.at("parameters").at("au");
  return batch.at("edits").at(batch.at("place").get<std::size_t>() - 1).at("au");
}

RecordedRun read_run(const fs::path& file_or_folder) {
  RecordedRun run{file_or_folder, RunReader(record_files(file_or_folder)).items()};
  if (run.items.empty())
    throw NoInputError(file_or_folder.string() +
                       ": no item in these records; was the run interrupted before its first?");
  return run;
}

std::string run_name(const fs::path& file_or_folder) {
  const auto file = fs::absolute(file_or_folder);
  const auto folder = fs::is_directory(file_or_folder) ? file / "." : file.parent_path() / ".";
  return folder.lexically_normal().parent_path().filename().string();
}

}  // namespace magicface::app
