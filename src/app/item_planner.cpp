// SPDX-License-Identifier: Apache-2.0
#include "item_planner.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "face_tasks.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/log.hpp"
#include "sheet_names.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

/// {face} of an output's name.
std::size_t face_number(const face::FaceChoice& choice) { return std::max<std::size_t>(1, choice.number); }

}  // namespace

ItemPlanner::ItemPlanner(const EditOptions& options, const models::Manifest& manifest)
    : options_(options), manifest_(manifest), naming_(output_options(options)), names_(naming_) {
  if (options.batch.jobs) {  // wrong flags are no line's fault
    check_wishes(options);
    names_.name({"picture.png", "edit"});
  }
  if (!options.batch.jobs || asks_for_edits(options)) shared_ = parse_requests(options, manifest);
}

std::vector<WorkItem> ItemPlanner::items_of(std::vector<Input> inputs) {
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

WorkItem ItemPlanner::item_of(const JobLine& job) {
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

void ItemPlanner::take_other_names(const std::vector<WorkItem>& items) {
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

std::vector<PlannedOutput> ItemPlanner::outputs_of(const std::vector<Input>& inputs) const {
  std::vector<OutputKey> keys;
  for (const auto& input : inputs) {
    for (const auto& request : shared_)
      keys.push_back({input.path, request.label, request.seed, keys.size() + 1, face_number(options_.face)});
  }
  return plan_outputs(keys, naming_);
}

/// Where outputs go to the folder of the inputs, an earlier run of the same command left its own among them. Whether
/// there were any.
bool ItemPlanner::leave_out_own_outputs(std::vector<Input>& inputs, const std::vector<PlannedOutput>& outputs) const {
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
    const bool own = !input.problem && found != made.end() && found->second != &input;
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

void ItemPlanner::take_names(const WorkItem& item) {
  for (const auto& output : item.outputs) {
    names_.take(output.path, item.input.path);
    if (options_.sheets.compare) names_.take(comparison_of(output.path), item.input.path.string() + " with --compare");
  }
}

face::FaceChoice ItemPlanner::face_of(const std::string& text) const {
  EditOptions own = options_;
  own.face = face::parse_face_choice(text);
  check_face_options(own);
  return own.face;
}

/// What a line doesn't say, the flags say.
std::vector<EditRequest> ItemPlanner::requests_of(const JobLine& job) const {
  if (job.au.empty() && shared_.empty()) throw UsageError("'au' is missing, and there is no --au for all lines");
  if (job.seed && !options_.seeds.seeds.empty())
    throw UsageError("seed: expected none beside --seeds; keep one of them");
  if (!job.au.empty()) {
    EditOptions own = options_;
    own.au = job.au;
    own.release_au.clear();
    own.release_variation.clear();
    own.expressions = {};
    if (job.seed) own.seed = job.seed;
    return parse_requests(own, manifest_);
  }
  auto requests = shared_;
  if (job.seed) {
    for (auto& request : requests) request.seed = *job.seed;
  }
  return requests;
}

}  // namespace magicface::app
