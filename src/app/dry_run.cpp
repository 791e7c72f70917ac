// SPDX-License-Identifier: Apache-2.0
#include "dry_run.hpp"

#include <ostream>

#include "magicface/core/log.hpp"
#include "pace.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

const char* status_of(const LoadedItem& loaded, const Fate& fate) {
  if (fate.kind == Fate::Kind::skip) return "skipped";
  return loaded.problem || fate.kind == Fate::Kind::fail ? "failed" : "planned";
}

RecordJson line_of(const LoadedItem& loaded, std::size_t edit, const char* status, const std::string& error) {
  const auto& item = *loaded.item;
  RecordJson line;
  if (item.line > 0) {
    line["line"] = item.line;
    line["id"] = item.id;
  }
  line["input"] = item.input.path.string();
  const bool planned = edit < item.outputs.size();
  line["output"] = planned ? RecordJson(item.outputs[edit].path.string()) : RecordJson(nullptr);
  line["status"] = status;
  line["error"] = error.empty() ? RecordJson(nullptr) : RecordJson(error);
  line["edit"] = planned ? RecordJson(item.edits[edit].label) : RecordJson(nullptr);
  line["seed"] = planned ? RecordJson(item.edits[edit].seed) : RecordJson(nullptr);
  return line;
}

}  // namespace

JobResult print_plan(EditPlan plan, const EditOptions& options, const ItemLoader& loader,
                     const RecordedOutputs& recorded, std::ostream& out) {
  JobResult result;
  while (auto next = plan.next()) {
    auto loaded = loader.decide(std::move(*next));
    const auto& item = *loaded.item;
    std::error_code failure;
    if (!loaded.problem && !fs::exists(item.input.path, failure))
      loaded.problem = item.input.path.string() + ": no such file";
    if (loaded.problem) log::error(*loaded.problem);
    if (loaded.fates.empty()) loaded.fates.resize(1);  // a broken line
    for (std::size_t i = 0; i < loaded.fates.size(); ++i) {
      const std::string status = status_of(loaded, loaded.fates[i]);
      const auto error = status == "failed" ? loaded.problem.value_or(loaded.fates[i].reason) : std::string();
      if (status == "failed" && !loaded.problem) log::error(error);
      ++(status == "failed" ? result.failed : status == "skipped" ? result.skipped : result.made);
      if (options.json) {
        out << shown(line_of(loaded, i, status.c_str(), error)) << '\n';
      } else if (status == "planned") {
        out << item.outputs[i].path.string() << '\n';
      }
    }
  }
  std::string text = "plan: " + std::to_string(result.made) + " outputs to make, " + std::to_string(result.skipped) +
                     " made already, " + std::to_string(result.failed) + " that would fail";
  if (const auto seconds = recorded.mean_seconds(); seconds && result.made > 0) {
    text +=
        "; about " + duration_text(*seconds * static_cast<double>(result.made)) + " at the pace of the recorded ones";
  }
  log::info(text);
  return result;
}

}  // namespace magicface::app
