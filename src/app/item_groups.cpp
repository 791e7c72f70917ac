// SPDX-License-Identifier: Apache-2.0
#include "item_groups.hpp"

#include <algorithm>
#include <utility>

namespace magicface::app {
namespace {

/// A broken line of a job file counts as one edit, so that the batches after it stay when it is mended.
std::size_t rows_of(const WorkItem& item) { return std::max<std::size_t>(1, item.edits.size()); }

}  // namespace

std::vector<WorkItem> ItemGroups::next() {
  const auto most = static_cast<std::size_t>(options_.compute.batch_size);
  std::vector<WorkItem> group;
  std::size_t rows = 0;
  while (rows < most) {
    auto item = held_ ? std::exchange(held_, std::nullopt) : next_();
    if (!item) break;
    const bool alone = stands_alone(*item);
    if (!group.empty() && (alone || rows + rows_of(*item) > most)) {
      held_ = std::move(item);
      break;
    }
    rows += rows_of(*item);
    group.push_back(std::move(*item));
    if (alone) break;
  }
  return group;
}

bool ItemGroups::stands_alone(const WorkItem& item) const {
  return options_.batch.jobs == "-" || item.face.value_or(options_.face).kind == face::FaceChoice::Kind::all ||
         std::any_of(item.edits.begin(), item.edits.end(),
                     [](const EditRequest& edit) { return !edit.rivals.empty(); });
}

}  // namespace magicface::app
