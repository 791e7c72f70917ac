// SPDX-License-Identifier: Apache-2.0
#include "item_runner.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

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

EditOutcome outcome_of(const WorkItem& item, std::size_t index) {
  EditOutcome outcome;
  outcome.input = item.input.path;
  outcome.output = item.outputs[index].path;
  outcome.variation = item.edits[index].variation;
  outcome.warnings = item.edits[index].warnings;
  return outcome;
}

/// A face of several that can't be edited is told of with each edit, and left as it is.
EditOutcome skipped(const WorkItem& item, std::size_t index, const FaceTask& task) {
  auto outcome = outcome_of(item, index);
  outcome.face = task.number;
  outcome.skipped = true;
  outcome.error = "left out: " + *task.problem;
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
  Clock::time_point lap = Clock::now();
  const auto stop = [&lap] { return seconds_since(std::exchange(lap, Clock::now())); };
  std::map<std::string, double> stages;
  const auto picture = image::read_picture(item.input.path, options_.limits);
  stages["read"] = stop();
  const auto tasks = face_tasks(options_, item.input.path, picture, engine_.faces());
  stages["detect"] = stop();

  std::vector<ReadyFace> faces;
  for (const auto& task : tasks) {
    for (const auto& warning : task.warnings) log::warn(item.input.path.string() + ": " + warning);
    if (task.problem) continue;
    stop();
    const auto portrait = engine_.prepare(picture, task.portrait);
    stages["prepare"] = stop();
    faces.push_back({task, portrait, estimate(picture.rgb, *portrait), stages});
  }
  while (!pending.empty()) {
    const auto count = std::min(pending.size(), static_cast<std::size_t>(options_.compute.batch_size));
    std::vector<Growing> batch;
    for (const auto index : std::span(pending).first(count)) {
      batch.push_back({index, picture, {}});
      for (const auto& task : tasks) {
        if (task.problem) batch.back().outcomes.push_back(skipped(item, index, task));
      }
    }
    for (const auto& face : faces) edit_face(item, face, batch);
    pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(count));
    for (auto& made : batch) deliver(item, made, done);
  }
}

void ItemRunner::edit_face(const WorkItem& item, const ReadyFace& face, std::vector<Growing>& batch) {
  const auto start = Clock::now();
  std::vector<pipeline::Edit> edits;
  for (const auto& made : batch) {
    edits.push_back({item.edits[made.edit].variation, item.edits[made.edit].seed, &made.picture});
  }
  auto edited = engine_.edit(*face.portrait, edits, options_.sampling, options_.composite, [&](int step, int steps) {
    progress_.step(step, steps);
    throw_if_cancelled();
  });
  const double seconds = seconds_since(start) / static_cast<double>(batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    auto outcome = outcome_of(item, batch[i].edit);
    outcome.face = face.task.number;
    outcome.au_before = face.before;
    outcome.seconds = seconds;
    outcome.stages = face.stages;
    outcome.stages["sample"] = seconds;
    outcome.warnings.insert(outcome.warnings.end(), face.task.warnings.begin(), face.task.warnings.end());
    batch[i].picture = std::move(edited[i].picture);
    if (options_.composite == pipeline::Composite::automatic) outcome.au_after = estimate(batch[i].picture.rgb, *face.portrait);
    batch[i].outcomes.push_back(std::move(outcome));
  }
}

/// Writes the picture; then what became of each of its faces can be told.
void ItemRunner::deliver(const WorkItem& item, Growing& made, const OnOutcome& done) {
  std::optional<std::string> error;
  try {
    write(std::move(made.picture), item.outputs[made.edit], item.edits[made.edit].label);
  } catch (const ItemError& problem) {
    error = problem.what();
  }
  progress_.clear();
  for (auto& outcome : made.outcomes) {
    if (!outcome.skipped) outcome.error = error;
    outcome.shares_output = &outcome != &made.outcomes.back();
    done(outcome);
  }
}

void ItemRunner::write(image::Picture picture, const PlannedOutput& output, const std::string& label) {
  image::EncodeOptions encoding;
  encoding.format = output.format;
  encoding.quality = options_.quality;
  if (options_.metadata) {
    encoding.parameters = parameters_text(options_, manifest_, label, picture.rgb.cols, picture.rgb.rows);
    image::declare_composite(picture.metadata);
  } else {
    picture.metadata = image::without_descriptions(picture.metadata);
  }
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
