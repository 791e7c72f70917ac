// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "magicface/app/edit_job.hpp"
#include "magicface/app/job_file.hpp"
#include "magicface/models/manifest.hpp"
#include "work_item.hpp"

namespace magicface::app {

/// The name of the pipe of `--jobs -` in messages.
inline const std::string kPipeName = "stdin";

/// Turns inputs and job lines into items, names everything they write, and numbers them.
class ItemPlanner {
 public:
  /// @throws UsageError for wrong flags, which are no line's fault
  ItemPlanner(const EditOptions& options, const models::Manifest& manifest);

  /// Without those that are outputs of others. @throws UsageError
  std::vector<WorkItem> items_of(std::vector<Input> inputs);
  /// What is wrong with the line becomes the item's problem. @throws UsageError when an output's name is taken: that
  /// concerns another line, too.
  WorkItem item_of(const JobLine& job);
  /// The other files that the run writes. @throws UsageError when a name is taken
  void take_other_names(const std::vector<WorkItem>& items);

  std::size_t numbered() const { return number_ - 1; }

 private:
  std::vector<PlannedOutput> outputs_of(const std::vector<Input>& inputs) const;
  bool leave_out_own_outputs(std::vector<Input>& inputs, const std::vector<PlannedOutput>& outputs) const;
  void take_names(const WorkItem& item);
  face::FaceChoice face_of(const std::string& text) const;
  std::vector<EditRequest> requests_of(const JobLine& job) const;

  const EditOptions& options_;
  const models::Manifest& manifest_;
  OutputOptions naming_;
  OutputNames names_;
  std::vector<EditRequest> shared_;  ///< the edits of the flags
  std::size_t number_ = 1;
};

}  // namespace magicface::app
