// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "edit_report.hpp"
#include "edit_requests.hpp"
#include "magicface/app/inputs.hpp"
#include "magicface/app/output_plan.hpp"
#include "magicface/pipeline/engine.hpp"
#include "progress.hpp"

namespace magicface::app {

/// One picture, the edits asked for, and where each one's output goes (as many outputs as edits).
struct WorkItem {
  Input input;
  std::vector<EditRequest> edits;
  std::vector<PlannedOutput> outputs;
};

/// Takes one item from the file to its outputs: encodes the portrait once, samples its edits in batches, writes.
class ItemRunner {
 public:
  using OnOutcome = std::function<void(const EditOutcome&)>;

  ItemRunner(const EditOptions& options, const models::Manifest& manifest, pipeline::Engine& engine, Progress& progress)
      : options_(options), manifest_(manifest), engine_(engine), progress_(progress) {}

  /// Calls `done` once per edit, made or failed. @throws Cancelled; UsageError and BundleError, which concern every item.
  void run(const WorkItem& item, const OnOutcome& done);

 private:
  using Estimate = std::optional<std::vector<double>>;

  void edit(const WorkItem& item, std::vector<std::size_t>& pending, const OnOutcome& done);
  void edit_batch(const WorkItem& item, std::span<const std::size_t> batch, const pipeline::Portrait& portrait,
                  const Estimate& before, const OnOutcome& done);
  void write(const image::Picture& picture, const PlannedOutput& output, const std::string& label);
  Estimate estimate(const cv::Mat& rgb, const pipeline::Portrait& portrait);

  const EditOptions& options_;
  const models::Manifest& manifest_;
  pipeline::Engine& engine_;
  Progress& progress_;
};

}  // namespace magicface::app
