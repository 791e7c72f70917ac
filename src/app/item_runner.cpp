// SPDX-License-Identifier: Apache-2.0
#include "item_runner.hpp"

#include <algorithm>
#include <chrono>

#include "magicface/core/cancellation.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
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
  outcome.variation = item.edits[index].variation;
  outcome.warnings = item.edits[index].warnings;
  return outcome;
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
void ItemRunner::edit(const WorkItem& item, std::vector<std::size_t>& pending, const OnOutcome& done) {
  const auto portrait = engine_.prepare(image::read_picture(item.input.path),
                                        {options_.crop, condition_for(options_, item.input.path)});
  const auto before = estimate(pipeline::source_of(*portrait).rgb, *portrait);
  while (!pending.empty()) {
    const auto count = std::min(pending.size(), static_cast<std::size_t>(options_.compute.batch_size));
    edit_batch(item, std::span(pending).first(count), *portrait, before, done);
    pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(count));
  }
}

void ItemRunner::edit_batch(const WorkItem& item, std::span<const std::size_t> batch, const pipeline::Portrait& portrait,
                            const Estimate& before, const OnOutcome& done) {
  const auto start = Clock::now();
  std::vector<pipeline::Edit> edits;
  for (const auto index : batch) edits.push_back({item.edits[index].variation, item.edits[index].seed});
  const auto edited = engine_.edit(portrait, edits, options_.sampling, options_.composite, [&](int step, int steps) {
    progress_.step(step, steps);
    throw_if_cancelled();
  });
  const double seconds = seconds_since(start) / static_cast<double>(batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    auto outcome = outcome_of(item, batch[i]);
    outcome.au_before = before;
    outcome.seconds = seconds;
    try {
      write(edited[i].picture, item.outputs[batch[i]], item.edits[batch[i]].label);
      if (options_.composite == pipeline::Composite::automatic) outcome.au_after = estimate(edited[i].picture.rgb, portrait);
    } catch (const ItemError& problem) {
      outcome.error = problem.what();
    }
    progress_.clear();
    done(outcome);
  }
}

void ItemRunner::write(const image::Picture& picture, const PlannedOutput& output, const std::string& label) {
  image::EncodeOptions encoding;
  encoding.format = output.format;
  encoding.quality = options_.quality;
  encoding.parameters = parameters_text(options_, manifest_, label, picture.rgb.cols, picture.rgb.rows);
  if (const auto folder = output.path.parent_path(); !folder.empty()) {
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure) throw ItemError(folder.string() + ": the folder can't be made (" + failure.message() + ")");
  }
  write_file_atomically(output.path, image::encode_picture(picture, encoding));
}

/// AU intensities for the JSON lines; nothing without a face, an estimator or a reader.
ItemRunner::Estimate ItemRunner::estimate(const cv::Mat& rgb, const pipeline::Portrait& portrait) {
  const auto* analysis = pipeline::analysis_of(portrait);
  if (!options_.json || analysis == nullptr || !engine_.faces().can_estimate()) return std::nullopt;
  return engine_.faces().estimate_aus(rgb, analysis->face);
}

}  // namespace magicface::app
