// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "magicface/app/shard.hpp"
#include "magicface/core/append_file.hpp"

/// The journal of runs: what was made and how (docs/records.md, docs/records.schema.json).
namespace magicface::app {

/// Raised when a field changes its meaning or goes away; new fields may come at any time.
inline constexpr int kRecordSchema = 1;

/// Keys keep the order they are written in, so that people find what they look for.
using RecordJson = nlohmann::ordered_json;

/// A string inside an object; empty when that is null or missing, or no object.
std::string text_at(const RecordJson& object, const char* key);

/// In one line; bytes that are no UTF-8 are replaced: such a name must not end a run.
std::string shown(const RecordJson& value);

/// A line of records, with names that aren't UTF-8 so that `read_records` gives them back (docs/records.md).
std::string record_line(RecordJson record);

/// @throws RecordJson::exception, also for what nests too deep
RecordJson parse_record(const std::string& text);

/// Now, as "2026-11-22T10:30:00Z".
std::string utc_time();

/// `records.jsonl`, or `records.2-of-4.jsonl` for a shard.
std::string record_file_name(const Shard& shard);

/// All record files of a folder, those of shards, too, by name; none where there is no such folder.
std::vector<std::filesystem::path> record_files_in(const std::filesystem::path& folder);

/// The records of one run, added to those of earlier ones. Every line is whole on its own.
class RecordFile {
 public:
  /// @throws UsageError when the file can't be written or another run holds it.
  explicit RecordFile(const std::filesystem::path& file);

  /// Begins a run. `details` says version, bundle, shard and number of items.
  void run(RecordJson details);
  /// An item whose outputs are about to appear under these names. On the disk when it returns: after a power cut an
  /// output without a record of its own can't be there.
  void started(std::size_t item, const std::vector<std::filesystem::path>& outputs);
  /// An item that ended, well or not. Written at once; on the disk with the next `started` or `end`.
  void item(RecordJson details);
  /// The run ended and says how.
  void end(RecordJson details);

  const std::filesystem::path& path() const { return file_.path(); }

 private:
  void append(const char* event, RecordJson details);
  AppendFile file_;
};

/// Calls `use` with every line that is a record, and its number (from 1). Lines that aren't JSON, or in which `use`
/// finds a field of another type than it has, are warned of and left out. @throws NoInputError when the file can't be
/// read, UsageError for records of a newer schema.
void read_records(const std::filesystem::path& file,
                  const std::function<void(std::size_t line, const RecordJson&)>& use);

}  // namespace magicface::app
