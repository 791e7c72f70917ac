// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/edit_job.hpp"

#include <iterator>
#include <memory>

#include "item_runner.hpp"
#include "magicface/core/cancellation.hpp"
#include "magicface/core/error.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

void check_options(const EditOptions& options, const models::Manifest& manifest) {
  pipeline::check_compute(options.compute);
  pipeline::check_sampling(options.sampling, manifest);
  if (options.condition && options.crop != pipeline::Crop::none) {
    throw UsageError("--condition: expected --crop none beside it (a condition image fits the uncropped picture), got --crop auto");
  }
  if (options.condition && !fs::exists(*options.condition)) {
    throw UsageError("--condition " + options.condition->string() + ": no such file or folder");
  }
  if (options.quality < 1 || options.quality > 100) {
    throw UsageError("--quality: expected 1 to 100, got " + std::to_string(options.quality));
  }
}

/// Every input with all edits, outputs named; nothing has been read or loaded yet.
std::vector<WorkItem> plan_items(const EditOptions& options, const models::Manifest& manifest, std::istream& list) {
  const auto requests = parse_requests(options, manifest);
  const auto inputs = expand_inputs(options.inputs, list);
  std::vector<OutputKey> keys;
  for (const auto& input : inputs) {
    for (const auto& request : requests) keys.push_back({input.path, request.label, request.seed, keys.size() + 1, 1});
  }
  const auto outputs = plan_outputs(keys, options.output);
  std::vector<WorkItem> items;
  auto next = outputs.begin();
  for (const auto& input : inputs) {
    const auto end = std::next(next, static_cast<std::ptrdiff_t>(requests.size()));
    items.push_back({input, requests, {next, end}});
    next = end;
  }
  return items;
}

}  // namespace

JobResult run_edit(const EditOptions& options, std::istream& list, std::ostream& out) {
  const auto bundle = std::make_shared<const models::Bundle>(models::find_bundle(options.bundle));
  const auto& manifest = bundle->manifest();
  check_options(options, manifest);
  const auto items = plan_items(options, manifest, list);
  pipeline::Engine engine(bundle, options.compute);
  EditReport report(options, manifest, out);
  Progress progress(options.progress);
  ItemRunner runner(options, manifest, engine, progress);
  for (std::size_t i = 0; i < items.size(); ++i) {
    throw_if_cancelled();
    progress.item(i + 1, items.size(), items[i].input.path.filename().string());
    runner.run(items[i], [&](const EditOutcome& outcome) { report.add(outcome); });
  }
  progress.finish();
  return report.result();
}

}  // namespace magicface::app
