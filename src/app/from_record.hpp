// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "edit_plan.hpp"
#include "magicface/models/bundle.hpp"
#include "record_file.hpp"

namespace magicface::app {

/// A recorded item that is to be made again with the same bytes.
struct RecordedJob {
  EditOptions options;           ///< those of now, with everything that decides the picture taken from the record
  RecordJson record;             ///< the `item` line
  std::filesystem::path folder;  ///< where its paths start
};

/// Reads what --from-record names: `FILE:LINE`, or `FILE` for its last item. Paths start in the recorded run's folder.
/// What the record decides isn't looked at in `options`. @throws UsageError for a line that is no item; NoInputError
RecordedJob read_recorded_job(const EditOptions& options);

/// The recorded batch as a plan with one output: the other edits are sampled beside it, as they were, for the same
/// rounding. The output has its recorded name in --out. @throws UsageError when bundle or condition image have changed.
EditPlan plan_recorded(const RecordedJob& job, const models::Bundle& bundle);

/// The options of `now` with everything that decides the picture taken from an item's record. Relative paths start in
/// `root`.
/// @param where the record is, for messages. @throws UsageError for a record that isn't as docs/records.md says.
EditOptions options_of_record(const EditOptions& now, const RecordJson& record, const std::filesystem::path& root,
                              const std::string& where);

/// The pictures that were sampled together, each with its edits, of which the job's one is wanted, into `output`.
/// @throws UsageError, RecordJson::exception for a record that isn't as docs/records.md says.
std::vector<WorkItem> batch_of_record(const RecordedJob& job, const PlannedOutput& output,
                                      const models::Manifest& manifest);

}  // namespace magicface::app
