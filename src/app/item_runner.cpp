// SPDX-License-Identifier: Apache-2.0
#include "item_runner.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

#include "best_seed.hpp"
#include "halving.hpp"
#include "magicface/core/cancellation.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/log.hpp"
#include "magicface/core/out_of_memory.hpp"
#include "stopwatch.hpp"

namespace magicface::app {
namespace {

/// What sheets show of an edit: the face with its surroundings, or the model's whole crop.
Shown shown_of(const pipeline::Portrait& portrait, const cv::Mat& after) {
  const auto* analysis = pipeline::analysis_of(portrait);
  const auto& source = pipeline::source_of(portrait).rgb;
  if (analysis == nullptr) return {source, after, {}};
  if (after.size() != source.size()) return {analysis->crop, after, {}};
  const auto& box = analysis->face.box;
  const float side = 2.2F * std::max(box.width, box.height);
  const cv::Point2f centre = (box.tl() + box.br()) * 0.5F;
  return {source, after, cv::Rect(cv::Rect2f(centre.x - side / 2, centre.y - side / 2, side, side))};
}

}  // namespace

EditOutcome ItemRunner::outcome_of(const Work& work, std::size_t edit) const {
  const auto& item = *work.loaded.item;
  EditOutcome outcome;
  outcome.item = work.loaded.item;
  outcome.edit = edit;
  outcome.input = item.input.path;
  outcome.input_sha256 = work.loaded.input_sha256;
  outcome.stages = work.stages;
  if (edit < item.edits.size()) {  // a broken line has none
    outcome.output = item.outputs[edit].path;
    outcome.variation = item.edits[edit].variation;
    outcome.seed = item.edits[edit].seed;
    outcome.warnings = item.edits[edit].warnings;
  }
  return outcome;
}

void ItemRunner::run(LoadedItem loaded, const OnProduct& done) {
  Work work{std::move(loaded), {}, {}, {}, {}, {}, done};
  settle(work);
  if (work.pending.empty()) return;
  try {
    if (work.loaded.problem) throw ItemError(*work.loaded.problem);
    prepare(work);
    edit(work);
  } catch (const std::exception& problem) {
    if (concerns_every_item(problem)) throw;
    fail_pending(
        work,
        says_out_of_memory(problem)
            ? "out of memory, even with one edit at a time; try a smaller picture, --dtype bfloat16 or another --device"
            : problem.what());
  }
}

/// Reports what is decided already; the rest is pending.
void ItemRunner::settle(Work& work) {
  const auto& fates = work.loaded.fates;
  if (fates.empty()) {
    work.pending.insert(0);
    fail_pending(work, work.loaded.problem.value_or("nothing to do"));
  }
  for (std::size_t i = 0; i < fates.size(); ++i) {
    if (fates[i].kind == Fate::Kind::make) {
      work.pending.insert(i);
      continue;
    }
    if (fates[i].kind == Fate::Kind::unwanted) continue;
    auto outcome = outcome_of(work, i);
    outcome.skipped = fates[i].kind == Fate::Kind::skip;
    if (!outcome.skipped) outcome.error = fates[i].reason;
    work.done({std::move(outcome), {}, {}});
  }
}

void ItemRunner::fail_pending(Work& work, const std::string& error) {
  for (const auto edit : std::exchange(work.pending, {})) {
    auto outcome = outcome_of(work, edit);
    outcome.error = error;
    work.done({std::move(outcome), {}, {}});
  }
}

void ItemRunner::prepare(Work& work) {
  const auto& item = *work.loaded.item;
  const auto share = static_cast<double>(item.edits.size());
  const Stopwatch watch;
  if (!references_) references_.emplace(options_.expressions.like, engine_().faces());
  work.picture = std::move(*work.loaded.picture);
  work.loaded.picture.reset();
  const bool wanted = estimates_ || std::any_of(item.edits.begin(), item.edits.end(), needs_estimate);
  for (auto& task : face_tasks(options_, item.face.value_or(options_.face), item.input.path, work.picture, engine_().faces())) {
    for (const auto& warning : task.warnings) log::warn(item.input.path.string() + ": " + warning);
    if (task.problem) {
      work.left_out.push_back(std::move(task));
      continue;
    }
    ReadyFace face{task.number, task.warnings, engine_().prepare(work.picture, task.portrait), {}, nullptr};
    if (wanted) face.before = estimate(work.picture.rgb, *face.portrait);
    face.item = resolve(item, face.before);
    work.faces.push_back(std::move(face));
  }
  work.stages = {{"read", work.loaded.seconds / share}, {"prepare", watch.seconds() / share}};
}

std::shared_ptr<const WorkItem> ItemRunner::resolve(const WorkItem& item, const Estimate& before) {
  auto mine = std::make_shared<WorkItem>(item);
  for (auto& request : mine->edits) {
    references_->fill(request);
    const auto known = request.warnings.size();
    request = resolved(std::move(request), before, manifest_.au);
    for (auto i = known; i < request.warnings.size(); ++i) log::warn(mine->input.path.string() + ": " + request.warnings[i]);
  }
  return mine;
}

/// Batches are formed from all edits of the plan, wanted or not, so that a resumed run computes the same batches, and
/// with them the same bytes. One in which nothing is wanted is left out.
void ItemRunner::edit(Work& work) {
  std::vector<std::size_t> all(work.loaded.item->edits.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const auto size = static_cast<std::size_t>(options_.compute.batch_size);
  const bool best = std::any_of(all.begin(), all.end(), [&](std::size_t edit) { return !work.loaded.item->edits[edit].rivals.empty(); });
  if (best) {  // --keep best concerns all edits alike
    for (const auto edit : std::set(work.pending)) sample_best(work, edit);
    return;
  }
  for (std::size_t first = 0; first < all.size(); first += size) {
    const auto batch = std::span<const std::size_t>(all).subspan(first, std::min(size, all.size() - first));
    halve_to_fit<std::size_t>(batch, [&](std::span<const std::size_t> part) { edit_batch(work, part); });
  }
}

void ItemRunner::edit_batch(Work& work, std::span<const std::size_t> batch) {
  const bool wanted =
      std::any_of(batch.begin(), batch.end(), [&](std::size_t edit) { return work.pending.contains(edit); });
  if (!wanted) return;
  sample(work, batch);
}

void ItemRunner::sample(Work& work, std::span<const std::size_t> batch) {
  std::vector<Growing> made(batch.size(), Growing{work.picture, {}});
  for (const auto& face : work.faces) sample_face(work, face, batch, made);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (work.pending.contains(batch[i])) deliver(work, batch[i], std::move(made[i]));
  }
}

void ItemRunner::sample_face(Work& work, const ReadyFace& face, std::span<const std::size_t> batch, std::vector<Growing>& made) {
  const Stopwatch watch;
  auto together = std::make_shared<SampledBatch>();
  std::vector<pipeline::Edit> edits;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto& request = face.item->edits[batch[i]];
    together->edits.push_back({request.variation, request.seed});
    edits.push_back({request.variation, request.seed, &made[i].picture});
  }
  auto edited = sampled(face, edits);
  const double seconds = watch.seconds() / static_cast<double>(batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (!work.pending.contains(batch[i])) continue;
    made[i].picture = std::move(edited[i].picture);
    auto outcome = outcome_of(work, face, batch[i]);
    outcome.seconds = seconds;
    outcome.batch = together;
    outcome.batch_place = i;
    outcome.stages.emplace_back("sample", seconds);
    const Stopwatch estimating;
    if (estimates_ && options_.composite == pipeline::Composite::automatic) {
      outcome.au_after = estimate(made[i].picture.rgb, *face.portrait);
    }
    outcome.stages.emplace_back("estimate", estimating.seconds());
    made[i].outcomes.push_back(std::move(outcome));
  }
}

void ItemRunner::sample_best(Work& work, std::size_t index) {
  const auto& face = work.faces.front();  // --keep best is refused beside --face all
  const auto& request = face.item->edits[index];
  const Stopwatch watch;
  std::vector<std::uint64_t> seeds{request.seed};
  seeds.insert(seeds.end(), request.rivals.begin(), request.rivals.end());
  const auto edits_of = [&](std::span<const std::uint64_t> batch) {
    std::vector<pipeline::Edit> edits;
    for (const auto seed : batch) edits.push_back({request.variation, seed});
    return edits;
  };
  const auto make = [&](std::span<const std::uint64_t> batch) { return sampled(face, edits_of(batch)); };
  const auto judge = [&](const pipeline::Edited& edited) { return estimate(edited.picture.rgb, *face.portrait).value(); };
  const auto size = static_cast<std::size_t>(options_.compute.batch_size);
  auto best = best_of_seeds(seeds, size, face::intended(face.before.value(), request.variation), make, judge);

  auto outcome = outcome_of(work, face, index);
  outcome.seed = best.seed();
  outcome.au_after = best.intensities;
  outcome.seconds = watch.seconds();
  outcome.stages.emplace_back("sample", outcome.seconds);
  outcome.batch = std::make_shared<SampledBatch>(SampledBatch{edits_of(best.batch)});
  outcome.batch_place = best.place;
  Growing made{std::move(best.edited.picture), {}};
  made.outcomes.push_back(std::move(outcome));
  deliver(work, index, std::move(made));
}

std::vector<pipeline::Edited> ItemRunner::sampled(const ReadyFace& face, const std::vector<pipeline::Edit>& edits) {
  return engine_().edit(*face.portrait, edits, options_.sampling, options_.composite, [&](int step, int steps) {
    progress_.step(step, steps);
    throw_if_cancelled();
  });
}

EditOutcome ItemRunner::outcome_of(const Work& work, const ReadyFace& face, std::size_t edit) const {
  auto outcome = outcome_of(work, edit);
  const auto& request = face.item->edits[edit];
  outcome.item = face.item;
  outcome.face = face.number;
  outcome.variation = request.variation;
  outcome.warnings = request.warnings;
  outcome.warnings.insert(outcome.warnings.end(), face.warnings.begin(), face.warnings.end());
  outcome.au_before = face.before;
  return outcome;
}

void ItemRunner::deliver(Work& work, std::size_t index, Growing made) {
  const auto& face = work.faces.back();
  auto outcome = std::move(made.outcomes.back());
  made.outcomes.pop_back();
  for (const auto& task : work.left_out) {
    auto& skipped = outcome.other_faces.emplace_back(outcome_of(work, index));
    skipped.face = task.number;
    skipped.skipped = true;
    skipped.error = "left out: " + *task.problem;
  }
  std::move(made.outcomes.begin(), made.outcomes.end(), std::back_inserter(outcome.other_faces));
  auto request = face.item->edits[index];
  request.seed = outcome.seed;
  auto& picture = made.picture;
  const auto& sheets = options_.sheets;
  if (sheets.grid || sheets.compare || sheets.sweep_video) outcome.shown = shown_of(*face.portrait, picture.rgb);
  image::EncodeOptions encoding;
  encoding.format = face.item->outputs[index].format;
  encoding.quality = options_.quality;
  if (options_.metadata) {
    encoding.parameters = parameters_text(options_, manifest_, request, picture.rgb.cols, picture.rgb.rows);
    image::declare_composite(picture.metadata);
  } else {
    picture.metadata = image::without_descriptions(picture.metadata);
  }
  work.pending.erase(index);
  work.done({std::move(outcome), std::move(picture), std::move(encoding)});
}

/// AU intensities of a portrait's face in a picture of the portrait's size; nothing without a face or an estimator.
ItemRunner::Estimate ItemRunner::estimate(const cv::Mat& rgb, const pipeline::Portrait& portrait) {
  const auto* analysis = pipeline::analysis_of(portrait);
  if (analysis == nullptr || !engine_().faces().can_estimate()) return std::nullopt;
  return engine_().faces().estimate_aus(rgb, analysis->face);
}

}  // namespace magicface::app
