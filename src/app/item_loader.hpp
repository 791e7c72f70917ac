// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "item_record.hpp"
#include "magicface/image/picture.hpp"
#include "resume.hpp"
#include "work_item.hpp"

namespace magicface::app {

/// What becomes of one edit of an item.
struct Fate {
  enum class Kind { make, skip, fail, unwanted };
  Kind kind = Kind::make;
  std::string reason;  ///< of a failure
};

/// An item with everything from the disk that its edits need.
struct LoadedItem {
  std::shared_ptr<const WorkItem> item;
  std::vector<Fate> fates;                ///< one per edit
  std::string input_sha256;               ///< empty: it can't be read, or nobody asked
  std::optional<image::Picture> picture;  ///< only when `wanted`
  std::optional<std::string> problem;     ///< why there is no picture
  double seconds = 0;                     ///< reading
  bool wanted = false;                    ///< an edit of its group is to be made, so that all of the group are sampled
  bool ends_group = true;                 ///< the edits of the items since the last end share batches (ItemGroups)
};

/// Decides what items still need and reads their pictures. Runs one item ahead of the model, on a thread of its own.
class ItemLoader {
 public:
  ItemLoader(const EditOptions& options, const ItemRecorder& recorder, const RecordedOutputs& recorded,
             bool hash_inputs)
      : options_(options), recorder_(recorder), recorded_(recorded), hash_inputs_(hash_inputs) {}

  /// What becomes of the edits, without reading the picture.
  LoadedItem decide(WorkItem item) const;
  /// The same for a group of items.
  std::vector<LoadedItem> decide(std::vector<WorkItem> group) const;
  /// Reads the picture, if it is wanted.
  void read(LoadedItem& loaded) const;

 private:
  Fate fate_of(const WorkItem& item, std::size_t edit, const std::string& input_sha256) const;

  const EditOptions& options_;
  const ItemRecorder& recorder_;
  const RecordedOutputs& recorded_;
  bool hash_inputs_;
};

}  // namespace magicface::app
