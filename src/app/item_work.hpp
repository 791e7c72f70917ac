// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "face_tasks.hpp"
#include "item_loader.hpp"
#include "magicface/pipeline/engine.hpp"
#include "output_writer.hpp"
#include "work_item.hpp"

namespace magicface::app {

/// AU intensities of a face; nothing without a face or an estimator.
using Intensities = std::optional<std::vector<double>>;

/// A face that is ready for its edits.
struct ReadyFace {
  std::size_t number = 1;
  std::vector<std::string> warnings;
  std::shared_ptr<const pipeline::Portrait> portrait;
  Intensities before;
  std::shared_ptr<const WorkItem> item;  ///< with the variations that this face needs
};

/// An item on its way, and which of its edits are still to be made.
struct Work {
  LoadedItem loaded;
  std::set<std::size_t> pending{};
  image::Picture picture{};
  std::vector<FaceTask> left_out{};                      ///< of several faces, those that can't be edited
  std::vector<ReadyFace> faces{};                        ///< empty: it couldn't be prepared, or needn't be
  std::vector<std::pair<std::string, double>> stages{};  ///< each edit's share of what all edits of the item share
  std::vector<Product> products{};                       ///< ended edits that wait for the items before
};

/// An edit of an item, as a row of a batch.
struct Row {
  Work* work;
  std::size_t edit;

  bool pending() const { return work->pending.contains(edit); }
};

}  // namespace magicface::app
