// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "edit_report.hpp"
#include "edit_requests.hpp"
#include "face_tasks.hpp"
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

/// Takes one item from the file to its outputs: encodes each face once, samples its edits in batches, writes.
class ItemRunner {
 public:
  using OnOutcome = std::function<void(const EditOutcome&)>;

  ItemRunner(const EditOptions& options, const models::Manifest& manifest, pipeline::Engine& engine, Progress& progress)
      : options_(options), manifest_(manifest), engine_(engine), progress_(progress) {}

  /// Calls `done` once per face and edit, made, skipped or failed.
  /// @throws Cancelled; UsageError and BundleError, which concern every item.
  void run(const WorkItem& item, const OnOutcome& done);

 private:
  using Estimate = std::optional<std::vector<double>>;

  /// A face that is ready for its edits.
  struct ReadyFace {
    FaceTask task;
    std::shared_ptr<const pipeline::Portrait> portrait;
    Estimate before;
    std::map<std::string, double> stages;
  };
  /// An edit of the picture while its faces are edited, one after the other.
  struct Growing {
    std::size_t edit = 0;               ///< index into the item's edits
    image::Picture picture;             ///< with the faces so far
    std::vector<EditOutcome> outcomes;  ///< of these faces
  };

  void edit(const WorkItem& item, std::vector<std::size_t>& pending, const OnOutcome& done);
  void edit_face(const WorkItem& item, const ReadyFace& face, std::vector<Growing>& batch);
  void deliver(const WorkItem& item, Growing& made, const OnOutcome& done);
  void write(image::Picture picture, const PlannedOutput& output, const std::string& label);
  Estimate estimate(const cv::Mat& rgb, const pipeline::Portrait& portrait);

  const EditOptions& options_;
  const models::Manifest& manifest_;
  pipeline::Engine& engine_;
  Progress& progress_;
};

}  // namespace magicface::app
