// SPDX-License-Identifier: Apache-2.0
#include "item_preparation.hpp"

#include <algorithm>

#include "magicface/core/log.hpp"
#include "stopwatch.hpp"

namespace magicface::app {

void ItemPreparation::prepare(Work& work) {
  const auto& item = *work.loaded.item;
  const auto share = static_cast<double>(item.edits.size());
  const Stopwatch watch;
  if (!references_) references_.emplace(options_.expressions.like, options_.limits, engine_().faces());
  work.picture = std::move(*work.loaded.picture);
  work.loaded.picture.reset();
  for (const auto& warning : work.picture.warnings) log::warn(item.input.path.string() + ": " + warning);
  const bool wanted = estimates_ || std::any_of(item.edits.begin(), item.edits.end(), needs_estimate);
  std::vector<ReadyFace> faces;
  for (auto& task :
       face_tasks(options_, item.face.value_or(options_.face), item.input.path, work.picture, engine_().faces())) {
    for (const auto& warning : task.warnings) log::warn(item.input.path.string() + ": " + warning);
    if (task.problem) {
      work.left_out.push_back(std::move(task));
      continue;
    }
    auto warnings = work.picture.warnings;
    warnings.insert(warnings.end(), task.warnings.begin(), task.warnings.end());
    ReadyFace face{task.number, std::move(warnings), engine_().prepare(work.picture, task.portrait), {}, nullptr};
    if (wanted) face.before = estimate(work.picture.rgb, *face.portrait);
    face.item = resolve(item, face.before);
    faces.push_back(std::move(face));
  }
  work.faces = std::move(faces);
  work.stages = {{"read", work.loaded.seconds / share}, {"prepare", watch.seconds() / share}};
}

std::shared_ptr<const WorkItem> ItemPreparation::resolve(const WorkItem& item, const Intensities& before) const {
  auto mine = std::make_shared<WorkItem>(item);
  for (auto& request : mine->edits) {
    references_->fill(request);
    const auto known = request.warnings.size();
    request = resolved(std::move(request), before, manifest_.au);
    for (auto i = known; i < request.warnings.size(); ++i)
      log::warn(mine->input.path.string() + ": " + request.warnings[i]);
  }
  return mine;
}

Intensities ItemPreparation::estimate(const cv::Mat& rgb, const pipeline::Portrait& portrait) const {
  const auto* analysis = pipeline::analysis_of(portrait);
  if (analysis == nullptr || !engine_().faces().can_estimate()) return std::nullopt;
  return engine_().faces().estimate_aus(rgb, analysis->face);
}

}  // namespace magicface::app
