// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <iosfwd>
#include <vector>

#include "magicface/app/edit_job.hpp"

namespace magicface::app {

/// `magicface merge`: joins the record files of shards and checks that nothing is missing or double.
struct MergeOptions {
  std::vector<std::filesystem::path> records;  ///< files, or folders that hold `records.*.jsonl`
  std::filesystem::path out;                   ///< the joined file; empty: stdout
  std::filesystem::path csv;                   ///< a table of the items for people; empty: none
  bool overwrite = false;
};

/// The line of every item that counts (docs/records.md) in the order of the plan. `failed` counts items that failed,
/// are missing, or were made twice; each missing and double one is named in the log.
/// @throws UsageError for files of different jobs (items, shards or bundle), NoInputError without a record file.
JobResult run_merge(const MergeOptions& options, std::ostream& out);

}  // namespace magicface::app
