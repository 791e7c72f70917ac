// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "edit_requests.hpp"
#include "magicface/app/inputs.hpp"
#include "magicface/app/output_plan.hpp"
#include "magicface/face/selection.hpp"

namespace magicface::app {

/// One picture, the edits asked for, and where each one's output goes (as many outputs as edits).
struct WorkItem {
  Input input;
  std::vector<EditRequest> edits;
  std::vector<PlannedOutput> outputs;
  std::size_t first = 1;                 ///< number of the first edit in the whole plan, from 1; the others follow
  std::size_t place = 1;                 ///< what shards go by: the job file's line, or the place of the input
  std::size_t line = 0;                  ///< of the job file; 0 without one
  std::string id;                        ///< the job line's own name
  std::optional<face::FaceChoice> face;  ///< the job line's own; else the options'
  /// The edits wanted, from 0; empty: all. The others are sampled beside them, for their rounding. A number that no
  /// edit has: none.
  std::set<std::size_t> only;
  std::string input_sha256;  ///< what the input must be; empty: anything
};

/// Gives the items one by one; nothing at the end.
using ItemSource = std::function<std::optional<WorkItem>()>;

}  // namespace magicface::app
