// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/bundle_jobs.hpp"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>

#include "magicface/core/error.hpp"
#include "magicface/core/log.hpp"
#include "magicface/core/text.hpp"
#include "magicface/models/bundle.hpp"
#include "version.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

const char* version() { return kVersion; }

JobResult list_bundles(bool json, std::ostream& out) {
  JobResult result;
  std::set<fs::path> seen;
  Json listed = Json::array();
  for (const auto& folder : models::bundle_folders()) {
    std::error_code failure;
    std::vector<fs::path> candidates;
    for (const auto& entry : fs::directory_iterator(folder, failure)) candidates.push_back(entry.path());
    std::sort(candidates.begin(), candidates.end());
    for (const auto& candidate : candidates) {
      if (!fs::exists(candidate / "bundle.json", failure) || !seen.insert(fs::weakly_canonical(candidate)).second)
        continue;
      try {
        const models::Bundle bundle(candidate);
        ++result.made;
        if (json) {
          listed.push_back(
              {{"name", bundle.manifest().name}, {"version", bundle.manifest().version}, {"path", candidate.string()}});
        } else {
          out << bundle.label() << "  " << candidate.string() << '\n';
        }
      } catch (const Error& problem) {
        ++result.failed;
        log::error(problem.what());
      }
    }
  }
  if (json) out << listed.dump(2) << '\n';
  if (!json && result.made == 0) log::warn("no bundle found; name one with --bundle PATH");
  return result;
}

JobResult show_bundle(const std::optional<std::string>& name, bool json, std::ostream& out) {
  const models::Bundle bundle(models::find_bundle(name));
  const auto& manifest = bundle.manifest();
  if (json) {
    std::ifstream stream(bundle.folder() / "bundle.json");
    out << Json::parse(stream).dump(2) << '\n';
    return {1, 0};
  }
  out << "bundle       " << bundle.label() << " (" << manifest.kind << ", format " << manifest.format << ")\n"
      << "folder       " << bundle.folder().string() << "\n"
      << "licence      " << manifest.licence << "\n"
      << "source       " << manifest.source << "\n"
      << "image size   " << manifest.image_size << " pixels, sides in multiples of " << manifest.size_multiple << "\n"
      << "action units " << join(manifest.au.names, " ") << ", variations from " << format_number(manifest.au.min)
      << " to " << format_number(manifest.au.max)
      << (manifest.au.zero_keeps_expression ? "; zeros keep the expression" : "") << "\n"
      << "schedule     " << manifest.schedule.beta_schedule << ", " << manifest.schedule.prediction_type << ", "
      << manifest.schedule.timestep_spacing << " timesteps"
      << (manifest.schedule.timestep_shift == 1 ? "" : " shifted by " + format_number(manifest.schedule.timestep_shift))
      << "\n"
      << "defaults     " << manifest.defaults.sampler << ", " << manifest.defaults.steps << " steps, guidance "
      << format_number(manifest.defaults.guidance) << ", seed " << manifest.defaults.seed << ", start noise "
      << format_number(manifest.defaults.noise_scale) << "\n";
  for (const auto& [module, entry] : manifest.modules) {
    out << "module       " << module << "  " << entry.file.file << "  " << entry.file.bytes << " bytes\n";
  }
  for (const auto& detector : manifest.face_detectors) {
    out << "module       face_detector  " << detector.file.file << "  " << detector.file.bytes << " bytes (OpenCV "
        << detector.opencv << ")\n";
  }
  return {1, 0};
}

JobResult verify_bundle(const std::optional<std::string>& name, bool json, std::ostream& out) {
  const models::Bundle bundle(models::find_bundle(name));
  JobResult result;
  Json checks = Json::array();
  for (const auto& check : models::verify(bundle)) {
    ++(check.problem ? result.failed : result.made);
    if (json) {
      checks.push_back({{"module", check.module},
                        {"file", check.file},
                        {"ok", !check.problem},
                        {"problem", check.problem ? Json(*check.problem) : Json(nullptr)}});
    } else {
      out << (check.problem ? "BAD " : "ok  ") << check.module << "  " << (check.problem ? *check.problem : check.file)
          << '\n';
    }
  }
  if (json) out << checks.dump(2) << '\n';
  return result;
}

}  // namespace magicface::app
