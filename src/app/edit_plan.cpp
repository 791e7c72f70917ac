// SPDX-License-Identifier: Apache-2.0
#include "edit_plan.hpp"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "face_tasks.hpp"
#include "magicface/core/cancellation.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/hash.hpp"
#include "magicface/core/line_reader.hpp"
#include "magicface/core/log.hpp"
#include "sheet_names.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

const std::string kPipeName = "stdin";

/// {face} of an output's name.
std::size_t face_number(const face::FaceChoice& choice) { return std::max<std::size_t>(1, choice.number); }

/// Turns inputs and job lines into items, and numbers them.
class Planner {
 public:
  Planner(const EditOptions& options, const models::Manifest& manifest)
      : options_(options), manifest_(manifest), naming_(output_options(options)), names_(naming_) {
    if (options.batch.jobs) {  // wrong flags are no line's fault
      check_wishes(options);
      names_.name({"picture.png", "edit"});
    }
    if (!options.batch.jobs || asks_for_edits(options)) shared_ = parse_requests(options, manifest);
  }

  std::vector<WorkItem> items_of(std::vector<Input> inputs) {
    auto outputs = outputs_of(inputs);
    while (leave_out_own_outputs(inputs, outputs)) outputs = outputs_of(inputs);
    std::vector<WorkItem> items;
    auto next = outputs.begin();
    for (const auto& input : inputs) {
      const auto end = std::next(next, static_cast<std::ptrdiff_t>(shared_.size()));
      auto& item = items.emplace_back();
      item.input = input;
      item.edits = shared_;
      item.outputs.assign(next, end);
      item.place = items.size();
      item.first = std::exchange(number_, number_ + shared_.size());
      take_names(item);
      next = end;
    }
    return items;
  }

  /// What is wrong with the line becomes the item's problem. @throws UsageError when an output's name is taken: that
  /// concerns another line, too.
  WorkItem item_of(const JobLine& job) {
    WorkItem item;
    item.input = {job.input, job.problem};
    item.place = item.line = job.line;
    item.id = job.id;
    if (!job.problem) {
      try {
        if (job.face) item.face = face_of(*job.face);
        auto edits = requests_of(job);
        for (const auto& edit : edits) {
          item.outputs.push_back(names_.name({job.input, edit.label, edit.seed, number_ + item.outputs.size(),
                                              face_number(item.face.value_or(options_.face))},
                                             job.output));
        }
        item.edits = std::move(edits);
      } catch (const Error& problem) {
        item.outputs.clear();
        item.input.problem = (options_.batch.jobs == "-" ? kPipeName : *options_.batch.jobs) + ":" +
                             std::to_string(job.line) + ": " + problem.what();
      }
    }
    take_names(item);
    // A broken line counts as one item, so that the numbers after it stay when it is mended.
    item.first = std::exchange(number_, number_ + std::max<std::size_t>(item.edits.size(), 1));
    return item;
  }

  /// The other files that the run writes.
  void take_other_names(const std::vector<WorkItem>& items) {
    const auto& sheets = options_.sheets;
    if (options_.batch.csv) names_.take(*options_.batch.csv, "--csv");
    if (sheets.grid) names_.take(*sheets.grid, "--grid");
    if (!sheets.sweep_video) return;
    std::set<fs::path> videos;
    for (const auto& item : items) {
      const auto file = video_of(sheets, item.input.path, items.size() > 1);
      if (!videos.insert(file).second) {
        throw UsageError("--sweep-video: two animations would be named " + file.string() +
                         "; give inputs of different names");
      }
      names_.take(file, "--sweep-video");
    }
  }

  std::size_t numbered() const { return number_ - 1; }

 private:
  std::vector<PlannedOutput> outputs_of(const std::vector<Input>& inputs) const {
    std::vector<OutputKey> keys;
    for (const auto& input : inputs) {
      for (const auto& request : shared_)
        keys.push_back({input.path, request.label, request.seed, keys.size() + 1, face_number(options_.face)});
    }
    return plan_outputs(keys, naming_);
  }

  /// Where outputs go to the folder of the inputs, an earlier run of the same command left its own among them. Whether
  /// there were any.
  bool leave_out_own_outputs(std::vector<Input>& inputs, const std::vector<PlannedOutput>& outputs) const {
    const auto name = [](const fs::path& file) { return fs::absolute(file).lexically_normal(); };
    std::map<fs::path, const Input*> made;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const auto* input = &inputs[i / shared_.size()];
      made.emplace(name(outputs[i].path), input);
      if (options_.sheets.compare) made.emplace(name(comparison_of(outputs[i].path)), input);
    }
    if (options_.sheets.grid) made.emplace(name(*options_.sheets.grid), nullptr);
    const auto is_own = [&](const Input& input) {
      const auto found = made.find(name(input.path));
      const bool own = found != made.end() && found->second != &input;
      if (own) log::info(input.path.string() + ": left out, as this run makes it");
      return own;
    };
    std::vector<Input> others;
    for (const auto& input : inputs) {
      if (!is_own(input)) others.push_back(input);
    }
    const bool any = others.size() < inputs.size();
    inputs = std::move(others);
    return any;
  }

  void take_names(const WorkItem& item) {
    for (const auto& output : item.outputs) {
      names_.take(output.path, item.input.path);
      if (options_.sheets.compare)
        names_.take(comparison_of(output.path), item.input.path.string() + " with --compare");
    }
  }

  face::FaceChoice face_of(const std::string& text) const {
    EditOptions own = options_;
    own.face = face::parse_face_choice(text);
    check_face_options(own);
    return own.face;
  }

  /// What a line doesn't say, the flags say.
  std::vector<EditRequest> requests_of(const JobLine& job) const {
    if (job.au.empty() && shared_.empty()) throw UsageError("'au' is missing, and there is no --au for all lines");
    if (!job.au.empty()) {
      EditOptions own = options_;
      own.au = job.au;
      own.release_au.clear();
      own.release_variation.clear();
      own.expressions = {};
      if (job.seed) {
        own.seed = job.seed;
        own.seeds = {};
      }
      return parse_requests(own, manifest_);
    }
    auto requests = shared_;
    if (job.seed) {
      if (!options_.seeds.seeds.empty()) throw UsageError("seed: expected none beside --seeds; keep one of them");
      for (auto& request : requests) request.seed = *job.seed;
    }
    return requests;
  }

  const EditOptions& options_;
  const models::Manifest& manifest_;
  OutputOptions naming_;
  OutputNames names_;
  std::vector<EditRequest> shared_;  ///< the edits of the flags
  std::size_t number_ = 1;
};

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
    Planner planner;
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
  Planner planner(options, manifest);
  std::vector<WorkItem> items;
  if (options.batch.jobs) {
    for (const auto& job : read_job_file(*options.batch.jobs, options.batch.allow_outside))
      items.push_back(planner.item_of(job));
  } else {
    items = planner.items_of(expand_inputs(options.inputs, list));
  }
  planner.take_other_names(items);
  return plan_of(std::move(items), planner.numbered(), shard);
}

}  // namespace magicface::app
