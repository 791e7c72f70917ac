// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "edit_report.hpp"
#include "item_preparation.hpp"
#include "item_work.hpp"
#include "progress.hpp"

namespace magicface::app {

/// Takes loaded items through the model: encodes each face once, and samples the edits of a group in batches.
class ItemRunner {
 public:
  using OnProduct = std::function<void(Product)>;

  /// Calls `done` once per edit that was made, skipped or failed, in the order of the items. `estimates`: whether
  /// anybody wants to read AU intensities before and after.
  ItemRunner(const EditOptions& options, const models::Manifest& manifest, EngineSource engine, Progress& progress,
             bool estimates, OnProduct done)
      : options_(options),
        manifest_(manifest),
        engine_(engine),
        progress_(progress),
        estimates_(estimates),
        done_(std::move(done)),
        preparation_(options, manifest, std::move(engine), estimates) {}

  /// Prepares the item; the last one of a group makes the edits of the group. @throws Cancelled; UsageError and
  /// BundleError, which concern every item.
  void run(LoadedItem loaded);
  /// Whether everything taken in has ended: nothing waits for the rest of its group.
  bool idle() const { return passed_on_ == group_.size(); }

 private:
  /// An edit of the picture while its faces are edited, one after the other.
  struct Growing {
    image::Picture picture;             ///< with the faces so far
    std::vector<EditOutcome> outcomes;  ///< of these faces
  };

  void settle(Work& work);
  void prepare(Work& work);
  void fail(Work& work, std::size_t edit, const std::string& error);
  void make_group();
  void make(std::span<const Row> rows);
  void sample(std::span<const Row> rows);
  void sample_face(std::span<const Row> rows, std::size_t face, std::vector<Growing>& made);
  /// One edit of which several seeds are tried and the best is kept.
  void sample_best(Work& work, std::size_t index);
  std::vector<pipeline::Edited> sampled(const std::vector<pipeline::BatchRow>& rows);
  EditOutcome outcome_of(const Work& work, std::size_t edit) const;
  EditOutcome outcome_of(const Work& work, const ReadyFace& face, std::size_t edit) const;
  /// Passes a made edit on: its picture, and what became of its faces, the last one's outcome at the front.
  void deliver(Work& work, std::size_t index, Growing made);
  /// Passes on what ended, as far as nothing before it is still to be made.
  void pass_on();

  const EditOptions& options_;
  const models::Manifest& manifest_;
  EngineSource engine_;
  Progress& progress_;
  bool estimates_;
  OnProduct done_;
  ItemPreparation preparation_;
  std::deque<Work> group_;     ///< rows point into it
  std::size_t passed_on_ = 0;  ///< items of the group that ended whole
};

}  // namespace magicface::app
