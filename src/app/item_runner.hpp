// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "edit_report.hpp"
#include "item_loader.hpp"
#include "magicface/pipeline/engine.hpp"
#include "output_writer.hpp"
#include "progress.hpp"
#include "work_item.hpp"

namespace magicface::app {

/// Takes one loaded item through the model: encodes the portrait once and samples its edits in batches.
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

  /// An item on its way, and which of its edits are still to be made.
  struct Work {
    LoadedItem loaded;
    std::set<std::size_t> pending;
    std::shared_ptr<const pipeline::Portrait> portrait;
    Estimate before;
    std::vector<std::pair<std::string, double>> stages;  ///< each edit's share of what all edits of the item share
    const OnProduct& done;
  };

  EditOutcome outcome_of(const Work& work, std::size_t edit) const;
  void settle(Work& work);
  void fail_pending(Work& work, const std::string& error);
  void prepare(Work& work);
  void edit(Work& work);
  void edit_batch(Work& work, std::span<const std::size_t> batch);
  void sample(Work& work, std::span<const std::size_t> batch);
  Estimate estimate(const cv::Mat& rgb, const pipeline::Portrait& portrait);

  const EditOptions& options_;
  const models::Manifest& manifest_;
  EngineSource engine_;
  Progress& progress_;
  bool estimates_;
};

}  // namespace magicface::app
