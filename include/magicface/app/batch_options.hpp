// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace magicface::app {

/// What a run over many pictures can be told (docs/batch.md).
struct BatchOptions {
  std::optional<std::string> jobs;   ///< a job file, or `-` for JSON lines on stdin, each answered as it comes
  bool allow_outside = false;        ///< a job file's paths may leave their folders
  std::optional<std::string> shard;  ///< I/N, auto or auto/N
  std::optional<std::filesystem::path> records;  ///< unset: `records.jsonl` in the output folder; "none": no records
  std::optional<std::filesystem::path> csv;      ///< a table of the records for people, written at the end
  bool resume = false;                           ///< make only what isn't made, or not as it would be made now
  bool retry_failed = false;                     ///< make only what the records say failed
  std::optional<std::size_t> max_failures;       ///< stop after so many failed items, from 1
  bool dry_run = false;                          ///< print the plan
  /// Whether the run goes on with an earlier one, so that it may replace what the records name.
  bool goes_on() const { return resume || retry_failed; }
  std::optional<std::string> from_record;  ///< FILE or FILE:LINE, an item to make again
};

}  // namespace magicface::app
