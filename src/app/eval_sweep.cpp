// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <ostream>
#include <set>

#include "edit_session.hpp"
#include "evaluate.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/log.hpp"
#include "magicface/core/number_range.hpp"
#include "magicface/core/text.hpp"
#include "recorded_run.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostPoints = 100;

/// One value of the setting that is swept over.
struct Point {
  std::string name;  ///< "1.5"
  fs::path folder;
  pipeline::SamplingOptions sampling;
};

/// A setting and its values, "1:5:0.5" or "1,2" taken apart.
struct Setting {
  const char* name;
  std::vector<std::string> values;
  void (*set)(pipeline::SamplingOptions& sampling, const std::string& value);
};

std::vector<std::string> numbers_of(const char* flag, const std::string& text) {
  std::vector<std::string> values;
  if (text.empty()) return values;
  for (const auto& part : split(text, ',')) {
    for (const double value : read_number_range(flag, part, kMostPoints)) values.push_back(format_number(value));
  }
  return values;
}

int whole_number(const std::string& text) {
  const double value = parse_number(text).value();
  if (value != std::floor(value) || std::abs(value) > 1e6)
    throw UsageError("--steps: expected whole numbers, got " + text);
  return static_cast<int>(value);
}

std::vector<Setting> settings_of(const EvalSweepOptions& options) {
  std::vector<std::string> samplers;
  if (!options.samplers.empty()) samplers = split(options.samplers, ',');
  return {
      {"guidance", numbers_of("--guidance", options.guidance),
       [](auto& sampling, const auto& value) { sampling.guidance = parse_number(value); }},
      {"steps", numbers_of("--steps", options.steps),
       [](auto& sampling, const auto& value) { sampling.steps = whole_number(value); }},
      {"sampler", samplers, [](auto& sampling, const auto& value) { sampling.sampler = value; }},
  };
}

/// The setting that has several values.
const Setting& swept(const std::vector<Setting>& settings) {
  const auto several = [](const Setting& setting) { return setting.values.size() > 1; };
  if (std::count_if(settings.begin(), settings.end(), several) != 1) {
    throw UsageError(
        "eval sweep: expected several values of exactly one of --guidance, --steps and --sampler, such as "
        "--guidance 1:5:0.5; one value of another holds for all");
  }
  const auto& setting = *std::find_if(settings.begin(), settings.end(), several);
  if (const std::set<std::string> distinct(setting.values.begin(), setting.values.end());
      distinct.size() != setting.values.size())
    throw UsageError(std::string("--") + setting.name + ": a value is there twice");
  return setting;
}

std::vector<Point> points_of(const EvalSweepOptions& options, const std::vector<Setting>& settings,
                             const Setting& axis) {
  pipeline::SamplingOptions common = options.edit.sampling;
  for (const auto& setting : settings) {
    if (setting.values.size() == 1) setting.set(common, setting.values.front());
  }
  std::vector<Point> points;
  for (const auto& value : axis.values) {
    Point point{value, options.edit.output.out / (std::string(axis.name) + '-' + value), common};
    axis.set(point.sampling, value);
    points.push_back(std::move(point));
  }
  return points;
}

EditOptions edit_of(const EvalSweepOptions& options, const Point& point) {
  auto edit = options.edit;
  edit.sampling = point.sampling;
  edit.output.out = point.folder;
  edit.batch.resume = true;
  edit.batch.records = point.folder / "records.jsonl";
  edit.progress = options.eval.progress;
  return edit;
}

/// A folder with edits of another job would put them into the figures.
void refuse_foreign_edits(const fs::path& folder, EditPlan plan) {
  if (!path_exists(folder / "records.jsonl")) return;
  std::set<fs::path> planned;
  while (const auto item = plan.next()) {
    for (const auto& output : item->outputs) planned.insert(canonical_path(output.path));
  }
  try {
    for (const auto& item : read_run(folder).items) {
      if (item.output.empty() || planned.contains(canonical_path(item.output))) continue;
      throw UsageError(folder.string() + ": holds " + item.key +
                       ", which isn't an edit of this job; name another --out");
    }
  } catch (const NoInputError&) {  // stopped before its first item
  }
}

}  // namespace

JobResult run_eval_sweep(const EvalSweepOptions& options, std::istream& list, std::ostream& out) {
  const auto settings = settings_of(options);
  const auto& axis = swept(settings);
  const auto points = points_of(options, settings, axis);
  const auto& folder = options.edit.output.out;
  if (!options.edit.batch.jobs || *options.edit.batch.jobs == "-")
    throw UsageError(
        "eval sweep: expected a job file, --jobs plan.jsonl, as magicface eval plan writes it; a pipe can be read only "
        "once");

  // All that can be wrong is found before the first edit, not after a night.
  auto eval = options.eval;
  eval.bundle = options.edit.bundle;
  eval.compute = options.edit.compute;
  eval.axis = axis.name;
  for (const auto& point : points) eval.methods.push_back(point.name + '=' + point.folder.string());
  for (const auto* extension : {".md", ".tex", ".csv", ".json", ".svg", ".png"}) {
    eval.out.push_back(folder / (std::string("figures") + extension));
    if (!path_exists(points.front().folder)) keep_existing(eval.out.back(), false);  // a sweep's own are made anew
  }
  const auto bundle = std::make_shared<const models::Bundle>(models::find_bundle(options.edit.bundle));
  check_evaluation(eval);
  for (const auto& point : points) {
    const auto edit = edit_of(options, point);
    check_edit_options(edit, bundle->manifest());
    refuse_foreign_edits(point.folder, make_plan(edit, bundle->manifest(), list));
  }

  EditSession session;
  std::ostream quiet(nullptr);  // stdout is for the table
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto edit = edit_of(options, points[i]);
    log::info(std::string(axis.name) + ' ' + points[i].name + " (" + std::to_string(i + 1) + " of " +
              std::to_string(points.size()) + ")");
    make_folder(points[i].folder);
    session.run(edit, bundle, make_plan(edit, bundle->manifest(), list), quiet);
  }
  return write_evaluation(evaluate(eval), eval, out);
}

}  // namespace magicface::app
