// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/merge_job.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <ostream>
#include <set>
#include <utility>

#include "item_lines.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/log.hpp"
#include "record_csv.hpp"
#include "record_file.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

/// Folders give the records of their shards (not those that were merged before); each file once.
std::vector<fs::path> expand(const std::vector<fs::path>& names) {
  std::vector<fs::path> files;
  for (const auto& name : names) {
    std::error_code failure;
    if (!fs::is_directory(name, failure)) {
      files.push_back(name);
      continue;
    }
    for (auto& file : record_files_in(name)) {
      if (file.filename().string().find("-of-") != std::string::npos) files.push_back(std::move(file));
    }
  }
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  if (files.empty()) throw NoInputError("merge: no records.I-of-N.jsonl found in what was named");
  return files;
}

/// "3, 5 to 9, 12": ten thousand missing items must not fill the log.
std::string ranges(const std::vector<std::size_t>& numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    text += (text.empty() ? "" : ", ") + std::to_string(numbers[i]);
    if (last > i) text += (last == i + 1 ? ", " : " to ") + std::to_string(numbers[last]);
    i = last + 1;
  }
  return text;
}

/// What one record file says.
struct ShardRecords {
  ItemLines items;
  std::map<std::string, RecordJson> runs;  ///< by folder, the last one of each
  RecordJson last_run;
  std::set<std::size_t> planned;  ///< numbers of the items in runs with the last one's plan
  bool ended = false;             ///< the last run looked at everything it had to do

  void add(const RecordJson& line) {
    const auto event = text_at(line, "event");
    if (event == "run") {
      if (last_run.is_null() || line.at("plan") != last_run.at("plan")) planned.clear();
      last_run = line;
      runs[text_at(line, "folder")] = line;
      ended = false;
    }
    if (event == "item") planned.insert(line.at("item").get<std::size_t>());
    if (event == "end") ended = text_at(line, "reason") == "done";
    items.add(line);
  }
};

class Merge {
 public:
  void read(const fs::path& file) {
    ShardRecords shard;
    read_records(file, [&](std::size_t, const RecordJson& line) { shard.add(line); });
    const auto& last = shard.last_run;
    if (last.is_null()) throw UsageError(file.string() + ": no run is recorded in it; name record files");
    check_same_job(file, last);  // the last one alone: a line that was mended since changed the plan
    planned_ += shard.planned.size();
    if (!shard.ended) unfinished_.push_back(last.at("shard"));
    // A run for every folder that names are relative to.
    std::map<std::string, std::size_t> run_of;
    for (auto& [folder, run] : shard.runs) {
      run_of[folder] = runs_.size();
      runs_.push_back(std::move(run));
    }
    for (auto& item : shard.items.lines()) add(file, run_of.at(item.folder.string()), std::move(item.record));
  }

  /// Names what is missing or double and returns how many items that are.
  std::size_t check() const {
    std::size_t problems = doubles_;
    for (std::size_t shard = 1; shard <= shards_; ++shard) {
      if (!seen_shards_.contains(shard))
        log::error("merge: the records of shard " + std::to_string(shard) + "/" + std::to_string(shards_) +
                   " are missing");
    }
    std::vector<std::size_t> missing;
    std::set<std::size_t> numbers;
    for (const auto& [name, entry] : items_) numbers.insert(number_of(entry.line));
    // Items that were left alone when a line before them was mended keep their old numbers, which others have now, too.
    for (std::size_t item = 1; items_.size() < total_ && item <= total_; ++item) {
      if (!numbers.contains(item)) missing.push_back(item);
    }
    // What a run leaves alone gets no line: until it has ended, items of an earlier plan may stand in for those of its
    // own.
    if (missing.empty() && planned_ < total_ && !unfinished_.empty()) {
      for (const auto& shard : unfinished_)
        log::error("merge: the last run of " + name_of(shard) + " didn't end; run it again with --resume");
      problems += unfinished_.size();
    }
    if (!missing.empty()) {
      log::error("merge: " + std::to_string(missing.size()) + " of " + std::to_string(total_) +
                 " items have no record: " + ranges(missing) + "; run their shards again with --resume");
    }
    return problems + missing.size();
  }

  std::size_t made() const { return count("ok"); }
  std::size_t failed() const { return count("failed"); }

  /// All runs, then all items in the order of the plan. An item's names are relative to the folder of the run before
  /// it: where shards ran in different ones, each run's items follow it.
  std::vector<RecordJson> lines() const {
    std::vector<Entry> items;
    for (const auto& [name, entry] : items_) items.push_back(entry);
    std::stable_sort(items.begin(), items.end(),
                     [](const auto& a, const auto& b) { return number_of(a.line) < number_of(b.line); });
    const bool one_folder = std::all_of(runs_.begin(), runs_.end(), [&](const RecordJson& run) {
      return text_at(run, "folder") == text_at(runs_.front(), "folder");
    });
    std::vector<RecordJson> lines;
    for (std::size_t run = 0; run < runs_.size(); ++run) {
      lines.push_back(runs_[run]);
      for (const auto& item : items) {
        if (run == (one_folder ? runs_.size() - 1 : item.run)) lines.push_back(item.line);
      }
    }
    return lines;
  }

 private:
  struct Entry {
    fs::path file;
    std::size_t run;  ///< of `runs_`
    RecordJson line;
  };

  static std::string name_of(const RecordJson& shard) {
    if (shard.is_null()) return "the job";
    return "shard " + shard.at("index").dump() + "/" + shard.at("count").dump();
  }

  static std::size_t number_of(const RecordJson& line) { return line.at("item").get<std::size_t>(); }

  /// Shards of one job agree on the plan (which item has which output), the number of shards, and the bundle.
  void check_same_job(const fs::path& file, const RecordJson& run) {
    const auto shard = run.at("shard");
    const auto count = shard.is_null() ? std::size_t{1} : shard.at("count").get<std::size_t>();
    seen_shards_.insert(shard.is_null() ? 1 : shard.at("index").get<std::size_t>());
    const auto items = run.at("items").is_null() ? std::size_t{0} : run.at("items").get<std::size_t>();
    const auto bundle = run.at("bundle").at("sha256").get<std::string>();
    const auto plan = run.at("plan");
    if (first_file_.empty()) {
      first_file_ = file;
      shards_ = count;
      total_ = items;
      bundle_ = bundle;
      plan_ = plan;
    }
    const auto differs = [&](const std::string& what) {
      throw UsageError(file.string() + ": another " + what + " than in " + first_file_.string() +
                       "; merge joins the shards of one job");
    };
    if (count != shards_) differs("number of shards");
    if (plan != plan_) differs("list of items");
    if (bundle != bundle_) differs("bundle");
  }

  /// An item of another file is a double, and replaced.
  void add(const fs::path& file, std::size_t run, RecordJson line) {
    const auto item = std::to_string(number_of(line));
    const auto output = text_at(line, "output");
    auto& entry = items_[output.empty() ? "item " + item : output];
    if (!entry.file.empty() && entry.file != file) {
      ++doubles_;
      log::error("merge: item " + item + " is in " + entry.file.string() + " and in " + file.string());
    }
    entry = {file, run, std::move(line)};
  }

  std::size_t count(const char* status) const {
    return static_cast<std::size_t>(std::count_if(
        items_.begin(), items_.end(), [&](const auto& entry) { return entry.second.line.at("status") == status; }));
  }

  std::vector<RecordJson> runs_;
  std::map<std::string, Entry> items_;  ///< by output
  std::set<std::size_t> seen_shards_;
  std::size_t shards_ = 1, total_ = 0, doubles_ = 0, planned_ = 0;
  std::vector<RecordJson> unfinished_;  ///< shards whose last run was killed or stopped
  std::string bundle_;
  RecordJson plan_;
  fs::path first_file_;
};

void write(const fs::path& file, const std::string& text) {
  write_file_atomically(file, std::vector<std::uint8_t>(text.begin(), text.end()));
}

}  // namespace

JobResult run_merge(const MergeOptions& options, std::ostream& out) {
  for (const auto& file : {options.out, options.csv}) {
    if (!file.empty() && !options.overwrite && path_exists(file)) {
      throw UsageError(file.string() + " exists; give --overwrite to replace it, or another name");
    }
  }
  const auto files = expand(options.records);
  Merge merge;
  for (const auto& file : files) merge.read(file);
  const auto problems = merge.check();
  const auto lines = merge.lines();
  std::string text;
  for (const auto& line : lines) text += record_line(line) + '\n';
  if (options.out.empty()) {
    out << text;
  } else {
    write(options.out, text);
  }
  if (!options.csv.empty()) write(options.csv, format_records_csv(lines));
  log::info("merge: " + std::to_string(files.size()) + " files, " + std::to_string(merge.made()) + " made, " +
            std::to_string(merge.failed()) + " failed, " + std::to_string(problems) + " missing or double");
  return {merge.made(), merge.failed() + problems};
}

}  // namespace magicface::app
