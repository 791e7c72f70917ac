// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "record_file.hpp"

namespace magicface::app {

/// An item of a run and where its files are now.
struct RecordedItem {
  std::string key;               ///< the output's name as it lies beside the records; runs are compared by it
  RecordJson record;             ///< its `item` line that counts
  std::filesystem::path source;  ///< may not exist any more
  std::filesystem::path output;  ///< empty: the item failed before it had a name
  std::filesystem::path root{};  ///< where the record's relative paths start; empty: the current folder

  bool ok() const { return record.value("status", "") == "ok"; }
  /// What the model was given, by action unit. The record's parameters say what was asked for, which for a target is
  /// less: there the variation depends on the face. @throws RecordJson::exception for a record that isn't as documented
  const RecordJson& variation() const;
};

struct RecordedRun {
  std::filesystem::path file;
  std::vector<RecordedItem> items;  ///< in the order of the run
};

/// Reads the records of `file`, or of the folder that holds `records.jsonl`, or `records.*.jsonl` of shards, in which
/// an output that several name counts once. Outputs
/// are looked for beside the records first, so that a run may be moved or copied with its folder, then where they were
/// written.
/// @throws NoInputError when there are no records, UsageError for records of a newer schema.
RecordedRun read_run(const std::filesystem::path& file_or_folder);

/// How a run is called when nobody says: the name of the folder that holds its records.
std::string run_name(const std::filesystem::path& file_or_folder);

}  // namespace magicface::app
