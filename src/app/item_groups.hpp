// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "magicface/app/edit_job.hpp"
#include "work_item.hpp"

namespace magicface::app {

/// Puts consecutive items together whose edits share a batch: as many whole items as fit. An item with more edits than
/// that is a group of its own and fills several batches. The plan alone decides, never what is on the disk, so that a
/// resumed run computes the batches of an undisturbed one, and with them the same bytes.
///
/// Alone, too, are items whose edits can't stand beside others: faces that go into one picture one after the other,
/// seeds of which the best is kept, and the lines of a pipe, which are answered before the next one is waited for.
class ItemGroups {
 public:
  ItemGroups(ItemSource next, const EditOptions& options) : next_(std::move(next)), options_(options) {}

  /// Empty at the end.
  std::vector<WorkItem> next();

 private:
  bool stands_alone(const WorkItem& item) const;

  ItemSource next_;
  const EditOptions& options_;
  std::optional<WorkItem> held_;  ///< the first of the next group
};

}  // namespace magicface::app
