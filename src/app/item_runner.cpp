// SPDX-License-Identifier: Apache-2.0
#include "item_runner.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "magicface/core/cancellation.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/log.hpp"
#include "magicface/core/out_of_memory.hpp"
#include "stopwatch.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

std::optional<fs::path> condition_for(const EditOptions& options, const fs::path& input) {
  if (!options.condition || !fs::is_directory(*options.condition)) return options.condition;
  for (const auto& entry : fs::directory_iterator(*options.condition)) {
    if (entry.path().stem() == input.stem() && image::format_of_path(entry.path())) return entry.path();
  }
  throw ItemError("--condition " + options.condition->string() + ": no picture named " + input.stem().string() +
                  ".* in it");
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
  Work work{std::move(loaded), {}, nullptr, {}, {}, done};
  settle(work);
  if (work.pending.empty()) return;
  try {
    if (work.loaded.problem) throw ItemError(*work.loaded.problem);
    prepare(work);
    edit(work);
  } catch (const Cancelled&) {
    throw;
  } catch (const UsageError&) {
    throw;
  } catch (const BundleError&) {
    throw;
  } catch (const std::exception& problem) {
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
  work.portrait =
      engine_().prepare(std::move(*work.loaded.picture), {options_.crop, condition_for(options_, item.input.path)});
  work.loaded.picture.reset();
  work.before = estimate(pipeline::source_of(*work.portrait).rgb, *work.portrait);
  work.stages = {{"read", work.loaded.seconds / share}, {"prepare", watch.seconds() / share}};
}

/// Batches are formed from all edits of the plan, wanted or not, so that a resumed run computes the same batches, and
/// with them the same bytes. One in which nothing is wanted is left out.
void ItemRunner::edit(Work& work) {
  std::vector<std::size_t> all(work.loaded.item->edits.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const auto size = static_cast<std::size_t>(options_.compute.batch_size);
  for (std::size_t first = 0; first < all.size(); first += size) {
    edit_batch(work, std::span(all).subspan(first, std::min(size, all.size() - first)));
  }
}

/// Halves the batch as long as memory runs out.
void ItemRunner::edit_batch(Work& work, std::span<const std::size_t> batch) {
  const bool wanted =
      std::any_of(batch.begin(), batch.end(), [&](std::size_t edit) { return work.pending.contains(edit); });
  if (!wanted) return;
  try {
    return sample(work, batch);
  } catch (const std::exception& problem) {
    if (batch.size() == 1 || !says_out_of_memory(problem)) throw;
  }
  const auto half = batch.size() / 2;
  log::warn("out of memory with " + std::to_string(batch.size()) + " edits at a time; trying " +
            std::to_string(batch.size() - half));
  edit_batch(work, batch.first(batch.size() - half));
  edit_batch(work, batch.last(half));
}

void ItemRunner::sample(Work& work, std::span<const std::size_t> batch) {
  const auto& item = *work.loaded.item;
  const Stopwatch watch;
  auto sampled = std::make_shared<SampledBatch>();
  for (const auto index : batch) sampled->edits.push_back({item.edits[index].variation, item.edits[index].seed});
  auto edited =
      engine_().edit(*work.portrait, sampled->edits, options_.sampling, options_.composite, [&](int step, int steps) {
        progress_.step(step, steps);
        throw_if_cancelled();
      });
  const double seconds = watch.seconds() / static_cast<double>(batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (!work.pending.contains(batch[i])) continue;
    Product product{outcome_of(work, batch[i]), std::move(edited[i].picture), {}};
    auto& outcome = product.outcome;
    outcome.au_before = work.before;
    outcome.seconds = seconds;
    outcome.batch = sampled;
    outcome.batch_place = i;
    outcome.stages.emplace_back("sample", seconds);
    const Stopwatch estimating;
    if (options_.composite == pipeline::Composite::automatic)
      outcome.au_after = estimate(product.picture.rgb, *work.portrait);
    outcome.stages.emplace_back("estimate", estimating.seconds());
    product.encoding.format = item.outputs[batch[i]].format;
    product.encoding.quality = options_.quality;
    product.encoding.parameters =
        parameters_text(options_, manifest_, item.edits[batch[i]], product.picture.rgb.cols, product.picture.rgb.rows);
    work.pending.erase(batch[i]);
    work.done(std::move(product));
  }
}

/// AU intensities for JSON lines and records; nothing without a face, an estimator or a reader.
ItemRunner::Estimate ItemRunner::estimate(const cv::Mat& rgb, const pipeline::Portrait& portrait) {
  const auto* analysis = pipeline::analysis_of(portrait);
  if (!estimates_ || analysis == nullptr || !engine_().faces().can_estimate()) return std::nullopt;
  return engine_().faces().estimate_aus(rgb, analysis->face);
}

}  // namespace magicface::app
