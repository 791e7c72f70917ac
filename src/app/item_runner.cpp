// SPDX-License-Identifier: Apache-2.0
#include "item_runner.hpp"

#include <algorithm>
#include <chrono>

#include "best_seed.hpp"
#include "magicface/core/cancellation.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/log.hpp"
#include "magicface/image/encode.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::optional<fs::path> condition_for(const EditOptions& options, const fs::path& input) {
  if (!options.condition || !fs::is_directory(*options.condition)) return options.condition;
  for (const auto& entry : fs::directory_iterator(*options.condition)) {
    if (entry.path().stem() == input.stem() && image::format_of_path(entry.path())) return entry.path();
  }
  throw ItemError("--condition " + options.condition->string() + ": no picture named " + input.stem().string() + ".* in it");
}

EditOutcome outcome_of(const WorkItem& item, std::size_t index) {
  EditOutcome outcome;
  outcome.input = item.input.path;
  outcome.output = item.outputs[index].path;
  outcome.edit = index;
  outcome.label = item.edits[index].label;
  outcome.seed = item.edits[index].seed;
  outcome.variation = item.edits[index].variation;
  outcome.target = item.edits[index].asked.target;
  outcome.warnings = item.edits[index].warnings;
  return outcome;
}

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

void ItemRunner::run(const WorkItem& item, const OnOutcome& done) {
  std::vector<std::size_t> pending;
  const auto fail = [&](std::size_t index, const std::string& error) {
    progress_.clear();
    auto outcome = outcome_of(item, index);
    outcome.error = error;
    done(outcome);
  };
  for (std::size_t i = 0; i < item.edits.size(); ++i) {
    const auto& output = item.outputs[i].path;
    if (options_.overwrite || !fs::exists(output)) {
      pending.push_back(i);
    } else {
      fail(i, output.string() + " exists; give --overwrite to replace it, or another --out");
    }
  }
  const auto fail_pending = [&](const std::string& error) {
    for (const auto index : pending) fail(index, error);
  };
  try {
    if (item.input.problem) throw ItemError(*item.input.problem);
    if (!pending.empty()) edit(item, pending, done);
  } catch (const Cancelled&) {
    throw;
  } catch (const UsageError&) {
    throw;
  } catch (const BundleError&) {
    throw;
  } catch (const std::bad_alloc&) {
    fail_pending("out of memory; try a smaller --batch-size or a smaller picture");
  } catch (const std::exception& problem) {
    fail_pending(problem.what());
  }
}

/// Takes from `pending` what is made, so that a failure concerns only the rest.
void ItemRunner::edit(const WorkItem& asked, std::vector<std::size_t>& pending, const OnOutcome& done) {
  const auto portrait = engine_.prepare(image::read_picture(asked.input.path),
                                        {options_.crop, condition_for(options_, asked.input.path)});
  Estimate before;
  if (options_.json || std::any_of(asked.edits.begin(), asked.edits.end(), needs_estimate)) {
    before = estimate(pipeline::source_of(*portrait).rgb, *portrait);
  }
  const auto item = resolve(asked, before);
  while (!pending.empty()) {
    const bool best = !item.edits[pending.front()].rivals.empty();
    const auto count = best ? 1 : std::min(pending.size(), static_cast<std::size_t>(options_.compute.batch_size));
    if (best) {
      edit_best(item, pending.front(), *portrait, before.value(), done);
    } else {
      edit_batch(item, std::span(pending).first(count), *portrait, before, done);
    }
    pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(count));
  }
}

/// The item with the variations that its face needs.
WorkItem ItemRunner::resolve(const WorkItem& asked, const Estimate& before) const {
  WorkItem item = asked;
  for (auto& request : item.edits) {
    references_.fill(request);
    const auto known = request.warnings.size();
    request = resolved(std::move(request), before, manifest_.au);
    for (auto i = known; i < request.warnings.size(); ++i) log::warn(item.input.path.string() + ": " + request.warnings[i]);
  }
  return item;
}

std::vector<pipeline::Edited> ItemRunner::sample(const pipeline::Portrait& portrait, const std::vector<pipeline::Edit>& edits) {
  return engine_.edit(portrait, edits, options_.sampling, options_.composite, [&](int step, int steps) {
    progress_.step(step, steps);
    throw_if_cancelled();
  });
}

void ItemRunner::edit_batch(const WorkItem& item, std::span<const std::size_t> batch, const pipeline::Portrait& portrait,
                            const Estimate& before, const OnOutcome& done) {
  const auto start = Clock::now();
  std::vector<pipeline::Edit> edits;
  for (const auto index : batch) edits.push_back({item.edits[index].variation, item.edits[index].seed});
  const auto edited = sample(portrait, edits);
  const double seconds = seconds_since(start) / static_cast<double>(batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    auto outcome = outcome_of(item, batch[i]);
    outcome.au_before = before;
    outcome.seconds = seconds;
    deliver(item, edited[i], portrait, std::move(outcome), done);
  }
}

void ItemRunner::edit_best(const WorkItem& item, std::size_t index, const pipeline::Portrait& portrait,
                           const face::ActionUnits& before, const OnOutcome& done) {
  const auto start = Clock::now();
  const auto& request = item.edits[index];
  std::vector<std::uint64_t> seeds{request.seed};
  seeds.insert(seeds.end(), request.rivals.begin(), request.rivals.end());
  const auto make = [&](std::span<const std::uint64_t> batch) {
    std::vector<pipeline::Edit> edits;
    for (const auto seed : batch) edits.push_back({request.variation, seed});
    return sample(portrait, edits);
  };
  const auto judge = [&](const pipeline::Edited& edited) { return estimate(edited.picture.rgb, portrait).value(); };
  const auto best = best_of_seeds(seeds, static_cast<std::size_t>(options_.compute.batch_size),
                                  face::intended(before, request.variation), make, judge);
  auto outcome = outcome_of(item, index);
  outcome.au_before = before;
  outcome.au_after = best.intensities;
  outcome.seed = best.seed;
  outcome.seconds = seconds_since(start);
  deliver(item, best.edited, portrait, std::move(outcome), done);
}

void ItemRunner::deliver(const WorkItem& item, const pipeline::Edited& edited, const pipeline::Portrait& portrait,
                         EditOutcome outcome, const OnOutcome& done) {
  try {
    write(edited.picture, item.outputs[outcome.edit], item.edits[outcome.edit], outcome.seed);
    outcome.shown = shown_of(portrait, edited.picture.rgb);
    if (options_.json && !outcome.au_after && options_.composite == pipeline::Composite::automatic) {
      outcome.au_after = estimate(edited.picture.rgb, portrait);
    }
  } catch (const ItemError& problem) {
    outcome.error = problem.what();
  }
  progress_.clear();
  done(outcome);
}

void ItemRunner::write(const image::Picture& picture, const PlannedOutput& output, const EditRequest& request,
                       std::uint64_t seed) {
  image::EncodeOptions encoding;
  encoding.format = output.format;
  encoding.quality = options_.quality;
  encoding.parameters = parameters_text(options_, manifest_, edit_text(request, manifest_.au), seed, picture.rgb.cols,
                                        picture.rgb.rows);
  if (const auto folder = output.path.parent_path(); !folder.empty()) {
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure) throw ItemError(folder.string() + ": the folder can't be made (" + failure.message() + ")");
  }
  write_file_atomically(output.path, image::encode_picture(picture, encoding));
}

/// AU intensities of a portrait's face in a picture of the portrait's size; nothing without a face or an estimator.
ItemRunner::Estimate ItemRunner::estimate(const cv::Mat& rgb, const pipeline::Portrait& portrait) {
  const auto* analysis = pipeline::analysis_of(portrait);
  if (analysis == nullptr || !engine_.faces().can_estimate()) return std::nullopt;
  return engine_.faces().estimate_aus(rgb, analysis->face);
}

}  // namespace magicface::app
