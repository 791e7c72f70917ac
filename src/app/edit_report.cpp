// SPDX-License-Identifier: Apache-2.0
#include "edit_report.hpp"

#include <nlohmann/json.hpp>
#include <ostream>

#include "magicface/core/log.hpp"
#include "magicface/core/rounding.hpp"
#include "magicface/core/text.hpp"
#include "record_file.hpp"
#include "version.hpp"

namespace magicface::app {
namespace {

using Json = nlohmann::ordered_json;

Json intensities(const std::vector<std::string>& names, const std::optional<std::vector<double>>& values) {
  if (!values) return nullptr;
  Json object = Json::object();
  for (std::size_t i = 0; i < names.size(); ++i) object[names[i]] = rounded((*values)[i], 3);
  return object;
}

/// The request that an outcome is of; nothing for a broken line.
const EditRequest* request_of(const EditOutcome& outcome) {
  return outcome.item && outcome.edit < outcome.item->edits.size() ? &outcome.item->edits[outcome.edit] : nullptr;
}

/// The intensities that were asked for, or null.
Json targets(const std::vector<std::string>& names, const EditOutcome& outcome) {
  Json object;
  const auto* request = request_of(outcome);
  for (std::size_t i = 0; request != nullptr && i < request->asked.target.size(); ++i) {
    if (const auto& value = request->asked.target[i]) object[names[i]] = rounded(*value, 3);
  }
  return object;
}

}  // namespace

std::string EditReport::json_of(const EditOutcome& outcome) const {
  Json au = Json::object();
  for (std::size_t i = 0; i < outcome.variation.size(); ++i) {
    if (outcome.variation[i] != 0) au[manifest_.au.names[i]] = outcome.variation[i];
  }
  Json object;
  if (outcome.item && outcome.item->line > 0) {  // of a job file: whose answer this is
    object["line"] = outcome.item->line;
    object["id"] = outcome.item->id;
  }
  object["input"] = outcome.input.string();
  object["output"] = outcome.output.empty() ? Json(nullptr) : Json(outcome.output.string());
  object["status"] = outcome.skipped ? "skipped" : outcome.error ? "failed" : "ok";
  object["error"] = outcome.error ? Json(*outcome.error) : Json(nullptr);
  object["face"] = outcome.face;
  const auto* request = request_of(outcome);
  object["edit"] = request != nullptr ? Json(request->label) : Json(nullptr);
  object["au"] = au;
  object["target"] = targets(manifest_.au.names, outcome);
  object["au_before"] = intensities(manifest_.au.names, outcome.au_before);
  object["au_after"] = intensities(manifest_.au.names, outcome.au_after);
  object["seed"] = outcome.seed;
  const auto sampling = pipeline::resolved(options_.sampling, manifest_.defaults);
  object["sampler"] = sampling.sampler;
  object["steps"] = sampling.steps;
  object["guidance"] = sampling.guidance;
  object["noise_scale"] = sampling.noise_scale;
  object["bundle"] = manifest_.name + "@" + manifest_.version;
  object["seconds"] = rounded(outcome.seconds, 3);
  Json stages = Json::object();
  for (const auto& [stage, seconds] : outcome.stages) stages[stage] = rounded(seconds, 3);
  object["stages"] = stages;
  object["warnings"] = outcome.warnings;
  if (outcome.comparison) object["comparison"] = outcome.comparison->string();
  return shown(object);
}

void EditReport::add(const EditOutcome& outcome) {
  if (outcome.error) {
    ++result_.failed;
    const auto name = outcome.input.string();
    // Messages about the file itself name it already; those about a job file's line name that.
    const bool named = outcome.error->starts_with(name) || outcome.output.empty();
    log::error(named ? *outcome.error : name + ": " + *outcome.error);
  } else if (outcome.skipped) {
    ++result_.skipped;
  } else {
    ++result_.made;
  }
  for (auto other : outcome.other_faces) {
    if (other.skipped) log::warn(outcome.input.string() + ": face " + std::to_string(other.face) + " " + *other.error);
    if (!other.skipped) other.error = outcome.error;
    if (options_.json) out_ << json_of(other) << std::endl;
  }
  if (options_.json) {
    out_ << json_of(outcome) << std::endl;
  } else if (!outcome.error && !outcome.skipped) {
    out_ << outcome.output.string() << std::endl;
    if (outcome.comparison) out_ << outcome.comparison->string() << std::endl;
  }
}

void EditReport::add_file(const std::filesystem::path& file) {
  if (!options_.json) out_ << file.string() << std::endl;
}

void EditReport::add_failure(const std::string& error) {
  ++result_.failed;
  log::error(error);
}

std::string parameters_text(const EditOptions& options, const models::Manifest& manifest, const EditRequest& edit,
                            int width, int height) {
  const auto sampling = pipeline::resolved(options.sampling, manifest.defaults);
  return edit_text(edit, manifest.au) + "\nSteps: " + std::to_string(sampling.steps) +
         ", Sampler: " + sampling.sampler + ", CFG scale: " + format_number(sampling.guidance) +
         ", Start noise: " + format_number(sampling.noise_scale) + ", Seed: " + std::to_string(edit.seed) +
         ", Size: " + std::to_string(width) + "x" + std::to_string(height) + ", Model: " + manifest.name + "@" +
         manifest.version + ", Version: magicface " + kVersion;
}

}  // namespace magicface::app
