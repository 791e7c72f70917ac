// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "edit_report.hpp"
#include "face_tasks.hpp"
#include "item_loader.hpp"
#include "magicface/pipeline/engine.hpp"
#include "output_writer.hpp"
#include "progress.hpp"
#include "references.hpp"
#include "work_item.hpp"

namespace magicface::app {

/// Takes one loaded item through the model: encodes each face once and samples its edits in batches.
class ItemRunner {
 public:
  using OnProduct = std::function<void(Product)>;
  /// Gives the engine, loading it when it is first needed: a resumed run may need none.
  using EngineSource = std::function<pipeline::Engine&()>;

  /// `estimates`: whether anybody wants to read AU intensities before and after.
  ItemRunner(const EditOptions& options, const models::Manifest& manifest, EngineSource engine, Progress& progress,
             bool estimates)
      : options_(options),
        manifest_(manifest),
        engine_(std::move(engine)),
        progress_(progress),
        estimates_(estimates) {}

  /// Calls `done` once per edit: made, skipped or failed. @throws Cancelled; UsageError and BundleError, which concern
  /// every item.
  void run(LoadedItem loaded, const OnProduct& done);

 private:
  using Estimate = std::optional<std::vector<double>>;

  /// A face that is ready for its edits.
  struct ReadyFace {
    std::size_t number = 1;
    std::vector<std::string> warnings;
    std::shared_ptr<const pipeline::Portrait> portrait;
    Estimate before;
    std::shared_ptr<const WorkItem> item;  ///< with the variations that this face needs
  };
  /// An item on its way, and which of its edits are still to be made.
  struct Work {
    LoadedItem loaded;
    std::set<std::size_t> pending;
    image::Picture picture;
    std::vector<FaceTask> left_out;  ///< of several faces, those that can't be edited
    std::vector<ReadyFace> faces;
    std::vector<std::pair<std::string, double>> stages;  ///< each edit's share of what all edits of the item share
    const OnProduct& done;
  };
  /// An edit of the picture while its faces are edited, one after the other.
  struct Growing {
    image::Picture picture;            ///< with the faces so far
    std::vector<EditOutcome> outcomes;  ///< of these faces
  };

  EditOutcome outcome_of(const Work& work, std::size_t edit) const;
  void settle(Work& work);
  void fail_pending(Work& work, const std::string& error);
  void prepare(Work& work);
  /// Gives every request the variation that this face needs.
  std::shared_ptr<const WorkItem> resolve(const WorkItem& item, const Estimate& before);
  void edit(Work& work);
  void edit_batch(Work& work, std::span<const std::size_t> batch);
  void sample(Work& work, std::span<const std::size_t> batch);
  void sample_face(Work& work, const ReadyFace& face, std::span<const std::size_t> batch, std::vector<Growing>& made);
  /// One edit of which several seeds are tried and the best is kept.
  void sample_best(Work& work, std::size_t index);
  std::vector<pipeline::Edited> sampled(const ReadyFace& face, const std::vector<pipeline::Edit>& edits);
  EditOutcome outcome_of(const Work& work, const ReadyFace& face, std::size_t edit) const;
  /// Passes a made edit on: its picture, and what became of its faces, the last one's outcome at the front.
  void deliver(Work& work, std::size_t index, Growing made);
  Estimate estimate(const cv::Mat& rgb, const pipeline::Portrait& portrait);

  const EditOptions& options_;
  const models::Manifest& manifest_;
  EngineSource engine_;
  Progress& progress_;
  bool estimates_;
  std::optional<References> references_;  ///< read with the first portrait
};

}  // namespace magicface::app
