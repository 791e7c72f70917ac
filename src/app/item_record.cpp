// SPDX-License-Identifier: Apache-2.0
#include "item_record.hpp"

#include <cmath>

#include "magicface/core/hash.hpp"
#include "magicface/pipeline/compute_summary.hpp"
#include "version.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

double thousandths(double value) { return std::round(value * 1000) / 1000; }

RecordJson intensities(const std::vector<std::string>& names, const std::optional<std::vector<double>>& values) {
  if (!values) return nullptr;
  RecordJson object = RecordJson::object();
  for (std::size_t i = 0; i < names.size(); ++i) object[names[i]] = thousandths((*values)[i]);
  return object;
}

RecordJson change(const std::vector<std::string>& names, const EditOutcome& outcome) {
  if (!outcome.au_before || !outcome.au_after) return nullptr;
  RecordJson object = RecordJson::object();
  for (std::size_t i = 0; i < names.size(); ++i)
    object[names[i]] = thousandths((*outcome.au_after)[i] - (*outcome.au_before)[i]);
  return object;
}

/// The condition image counts by its bytes; a folder of them by its name, as each picture has its own.
RecordJson condition(const std::optional<fs::path>& path) {
  if (!path) return nullptr;
  std::error_code failure;
  RecordJson object{{"path", path->string()}, {"sha256", nullptr}};
  if (fs::is_regular_file(*path, failure)) object["sha256"] = sha256_of_file(*path);
  return object;
}

}  // namespace

ItemRecorder::ItemRecorder(const EditOptions& options, const models::Bundle& bundle)
    : options_(options),
      manifest_(bundle.manifest()),
      bundle_name_(bundle.label()),
      bundle_path_(bundle.folder().string()),
      bundle_sha256_(sha256_of_file(bundle.folder() / "bundle.json")),
      compute_(pipeline::summarise_compute(options.compute)),
      condition_(condition(options.condition)) {}

RecordJson ItemRecorder::bundle() const {
  return {{"name", bundle_name_}, {"path", bundle_path_}, {"sha256", bundle_sha256_}};
}

RecordJson ItemRecorder::action_units(const std::vector<double>& variation) const {
  RecordJson au = RecordJson::object();
  for (std::size_t i = 0; i < variation.size(); ++i) {
    if (variation[i] != 0) au[manifest_.au.names[i]] = variation[i];
  }
  return au;
}

RecordJson ItemRecorder::run(const Shard& shard, const std::optional<std::size_t>& total,
                             const std::string& fingerprint) const {
  RecordJson line{
      {"version", kVersion}, {"bundle", bundle()}, {"shard", nullptr}, {"items", nullptr}, {"plan", nullptr}};
  if (!shard.whole()) line["shard"] = {{"index", shard.index}, {"count", shard.count}};
  if (total) line["items"] = *total;
  if (!fingerprint.empty()) line["plan"] = fingerprint;
  return line;
}

RecordJson ItemRecorder::parameters(const WorkItem& item, std::size_t edit) const {
  const auto& defaults = manifest_.defaults;
  const auto& sampling = options_.sampling;
  const auto format = item.outputs[edit].format;
  RecordJson line;
  line["au"] = action_units(item.edits[edit].variation);
  line["seed"] = item.edits[edit].seed;
  line["sampler"] = sampling.sampler.value_or(defaults.sampler);
  line["steps"] = sampling.steps.value_or(defaults.steps);
  line["eta"] = sampling.eta;
  line["guidance"] = sampling.guidance.value_or(defaults.guidance);
  line["crop"] = options_.crop == pipeline::Crop::none ? "none" : "auto";
  line["condition"] = condition_;
  line["composite"] = options_.composite == pipeline::Composite::none ? "none" : "auto";
  line["format"] = image::extension_of(format).substr(1);
  const bool lossy = format == image::Format::jpg || format == image::Format::webp;
  line["quality"] = lossy ? RecordJson(options_.quality) : RecordJson(nullptr);
  return line;
}

Provenance ItemRecorder::provenance(const WorkItem& item, std::size_t edit, const std::string& input_sha256) const {
  return {input_sha256, bundle_sha256_, parameters(item, edit)};
}

RecordJson ItemRecorder::item(const EditOutcome& outcome) const {
  const auto& work = *outcome.item;
  const bool planned = !outcome.output.empty();
  RecordJson line;
  line["item"] = work.first + outcome.edit;
  if (work.line > 0) line["line"] = work.line;
  if (!work.id.empty()) line["id"] = work.id;
  line["status"] = outcome.error ? "failed" : "ok";
  line["input"] = {{"path", outcome.input.string()},
                   {"sha256", outcome.input_sha256.empty() ? RecordJson(nullptr) : RecordJson(outcome.input_sha256)}};
  line["output"] = planned ? RecordJson(outcome.output.string()) : RecordJson(nullptr);
  line["outputs"] = RecordJson::array();
  for (const auto& file : outcome.files) {
    line["outputs"].push_back({{"path", file.path.string()}, {"sha256", file.sha256}, {"bytes", file.bytes}});
  }
  line["parameters"] = planned ? parameters(work, outcome.edit) : RecordJson::object();
  line["batch"] = nullptr;
  if (outcome.batch) {
    RecordJson edits = RecordJson::array();
    for (const auto& edit : outcome.batch->edits)
      edits.push_back({{"au", action_units(edit.variation)}, {"seed", edit.seed}});
    line["batch"] = {{"place", outcome.batch_place + 1}, {"edits", std::move(edits)}};
  }
  line["compute"] = {{"device", compute_.device}, {"dtype", compute_.dtype}, {"threads", compute_.threads}};
  line["bundle"] = bundle();
  line["au_before"] = intensities(manifest_.au.names, outcome.au_before);
  line["au_after"] = intensities(manifest_.au.names, outcome.au_after);
  line["au_change"] = change(manifest_.au.names, outcome);
  line["seconds"] = RecordJson::object();
  for (const auto& [stage, seconds] : outcome.stages) line["seconds"][stage] = thousandths(seconds);
  line["warnings"] = outcome.warnings;
  line["error"] = outcome.error ? RecordJson(*outcome.error) : RecordJson(nullptr);
  return line;
}

}  // namespace magicface::app
