// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/edit_job.hpp"

#include <memory>
#include <optional>

#include "edit_session.hpp"
#include "face_tasks.hpp"
#include "from_record.hpp"
#include "magicface/core/error.hpp"

namespace magicface::app {
namespace fs = std::filesystem;

void check_edit_options(const EditOptions& options, const models::Manifest& manifest) {
  pipeline::check_compute(options.compute);
  pipeline::check_sampling(options.sampling, manifest);
  if (options.condition && options.crop != pipeline::Crop::none) {
    throw UsageError(
        "--condition: expected --crop none beside it (a condition image fits the uncropped picture), got --crop auto");
  }
  if (options.condition && !fs::exists(*options.condition)) {
    throw UsageError("--condition " + options.condition->string() + ": no such file or folder");
  }
  check_face_options(options);
  if (options.quality && (*options.quality < 1 || *options.quality > 100)) {
    throw UsageError("--quality: expected 1 to 100, got " + std::to_string(*options.quality));
  }
}

JobResult EditSession::run(const EditOptions& options, const std::shared_ptr<const models::Bundle>& bundle,
                           EditPlan plan, std::ostream& out) {
  check_edit_options(options, bundle->manifest());
  const auto& compute = options.compute;
  const auto wanted = bundle->folder().string() + ' ' + compute.device + ' ' + compute.dtype + ' ' +
                      std::to_string(compute.threads) + (compute.low_memory ? " low memory" : "") +
                      (compute.cuda_graphs ? " graphs" : "");
  if (!engine_ || loaded_for_ != wanted) engine_ = std::make_shared<EngineSlot::element_type>();
  loaded_for_ = wanted;
  return EditRun(options, bundle, std::move(plan), out, engine_).run();
}

JobResult run_edit(const EditOptions& asked, std::istream& list, std::ostream& out) {
  check_batch_options(asked);
  std::optional<RecordedJob> recorded;
  if (asked.batch.from_record) recorded = read_recorded_job(asked);
  const auto& options = recorded ? recorded->options : asked;
  const auto bundle = std::make_shared<const models::Bundle>(models::find_bundle(options.bundle));
  check_edit_options(options, bundle->manifest());
  auto plan = recorded ? plan_recorded(*recorded, *bundle) : make_plan(options, bundle->manifest(), list);
  EditRun run(options, bundle, std::move(plan), out);
  return options.batch.dry_run ? run.print_plan(out) : run.run();
}

}  // namespace magicface::app
