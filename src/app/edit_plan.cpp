// SPDX-License-Identifier: Apache-2.0
#include "edit_plan.hpp"

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "item_planner.hpp"
#include "magicface/core/cancellation.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/hash.hpp"
#include "magicface/core/line_reader.hpp"
#include "resume.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

EditPlan plan_of(std::vector<WorkItem> items, std::size_t total, Shard shard) {
  EditPlan plan;
  std::string text;
  for (const auto& item : items) {
    for (std::size_t i = 0; i < item.outputs.size(); ++i) {
      text += std::to_string(item.first + i) + '\t' + item.outputs[i].path.lexically_normal().string() + '\n';
    }
  }
  plan.fingerprint = sha256_of_bytes(text.data(), text.size());
  plan.total = total;
  plan.shard = shard;
  std::erase_if(items, [&](const WorkItem& item) { return !shard.holds(item.place); });
  plan.inputs = items.size();
  for (const auto& item : items) {
    plan.outputs += item.outputs.size();
    plan.pictures.push_back(item.input.path);
    plan.most_edits = std::max(plan.most_edits, item.edits.size());
  }
  auto shared = std::make_shared<std::vector<WorkItem>>(std::move(items));
  plan.next = [shared, at = std::size_t{0}]() mutable -> std::optional<WorkItem> {
    if (at == shared->size()) return std::nullopt;
    return std::move((*shared)[at++]);
  };
  return plan;
}

EditPlan plan_of_pipe(const EditOptions& options, const models::Manifest& manifest, Shard shard) {
  struct Pipe {
    ItemPlanner planner;
    JobParser parser;
    LineReader lines;
  };
  EditPlan plan;
  const auto stop = [abandoned = plan.abandoned] { return *abandoned || cancellation_requested(); };
  auto pipe = std::make_shared<Pipe>(
      Pipe{{options, manifest}, JobParser({kPipeName, "", false, options.batch.allow_outside}), {STDIN_FILENO, stop}});
  plan.shard = shard;
  plan.next = [pipe, shard]() -> std::optional<WorkItem> {
    while (const auto text = pipe->lines.next()) {
      auto job = pipe->parser.parse(*text);
      if (!job || !shard.holds(job->line)) continue;
      try {
        return pipe->planner.item_of(*job);
      } catch (const UsageError& problem) {  // a name that is taken: here it concerns the line alone
        job->problem = kPipeName + ":" + std::to_string(job->line) + ": " + problem.what();
        return pipe->planner.item_of(*job);
      }
    }
    return std::nullopt;
  };
  return plan;
}

/// A number that nothing is coded with is a mistake that nobody would see.
void check_quality(const EditOptions& options, const std::vector<WorkItem>& items) {
  if (!options.quality) return;
  std::set<image::Format> formats;
  for (const auto& item : items) {
    for (const auto& output : item.outputs) formats.insert(output.format);
  }
  for (const auto& file : {options.sheets.grid, options.sheets.sweep_video}) {
    if (const auto format = file ? image::format_of_path(*file) : std::nullopt) formats.insert(*format);
  }
  if (formats.empty() || std::any_of(formats.begin(), formats.end(), image::is_lossy)) return;
  throw UsageError("--quality: expected an output in jpg or webp, got only " +
                   image::extension_of(*formats.begin()).substr(1) + "; leave it out, or give --format jpg");
}

}  // namespace

void check_batch_options(const EditOptions& options) {
  const auto& batch = options.batch;
  if (batch.jobs && !options.inputs.empty())
    throw UsageError("--jobs: expected no --in beside it, got " + options.inputs.front() +
                     "; name the pictures in the job file");
  if (batch.jobs && names_a_picture(options.output)) {
    throw UsageError("--out " + options.output.out.string() +
                     ": expected a folder with --jobs, got a picture's name; a line names its own with \"output\"");
  }
  if (batch.max_failures && *batch.max_failures == 0) throw UsageError("--max-failures: expected 1 or more, got 0");
  if (batch.records == "none" && (batch.resume || batch.retry_failed || batch.csv)) {
    throw UsageError("--records none: --resume, --retry-failed and --csv need records; leave it out");
  }
  if (batch.shard && (options.sheets.grid || options.sheets.sweep_video)) {
    throw UsageError(
        "--grid and --sweep-video: expected no --shard beside them, as no part sees the pictures of the others; when "
        "all "
        "are made, merge their records into the output folder and run the job there with --resume and without --shard");
  }
  if (batch.csv && batch.shard) {
    throw UsageError(
        "--csv: expected no --shard beside it, whose parts would write one table over the other; "
        "make it of all of them with magicface merge --csv");
  }
}

EditPlan make_plan(const EditOptions& options, const models::Manifest& manifest, std::istream& list) {
  const auto shard = options.batch.shard ? parse_shard(*options.batch.shard, &process_environment) : Shard{};
  if (options.batch.jobs == "-") return plan_of_pipe(options, manifest, shard);
  ItemPlanner planner(options, manifest);
  std::vector<WorkItem> items;
  if (options.batch.jobs) {
    for (const auto& job : read_job_file(*options.batch.jobs, options.batch.allow_outside))
      items.push_back(planner.item_of(job));
  } else {
    std::optional<RecordedOutputs> earlier;  // read for what a folder or a glob holds; most name their pictures
    const auto was_made = [&](const fs::path& picture) {
      if (!earlier) earlier.emplace().read_folder(folder_of(options.output));
      return earlier->made_only(picture);
    };
    items = planner.items_of(expand_inputs(options.inputs, list, was_made));
  }
  check_quality(options, items);
  planner.take_other_names(items);
  return plan_of(std::move(items), planner.numbered(), shard);
}

}  // namespace magicface::app
