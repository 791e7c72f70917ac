// SPDX-License-Identifier: Apache-2.0
#include "magicface/models/bundle.hpp"

#include <cstdlib>

#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/hash.hpp"

namespace magicface::models {
namespace fs = std::filesystem;

Bundle::Bundle(fs::path folder) : folder_(std::move(folder)), manifest_(read_manifest(folder_ / "bundle.json")) {}

fs::path Bundle::verified_file(const std::string& module) const {
  const auto found = manifest_.modules.find(module);
  if (found == manifest_.modules.end()) {
    throw BundleError(folder_.string() + ": the bundle has no module '" + module +
                      "', which this job needs; use another bundle or, for editing, --crop none --condition FILE");
  }
  return verified_file(module, found->second.file);
}

fs::path Bundle::verified_file(const std::string& module, const FileEntry& entry) const {
  const auto path = folder_ / entry.file;
  std::error_code failure;
  const auto bytes = fs::file_size(path, failure);
  const std::string subject = "module '" + module + "' (" + path.string() + ")";
  if (failure) throw BundleError(subject + ": " + failure.message() + "; restore the bundle");
  if (bytes != entry.bytes) {
    throw BundleError(subject + ": expected " + std::to_string(entry.bytes) + " bytes, got " + std::to_string(bytes) +
                      "; restore the bundle");
  }
  const auto sha256 = sha256_of_file(path);
  if (sha256 != entry.sha256) {
    throw BundleError(subject + ": expected sha256 " + entry.sha256 + ", got " + sha256 +
                      "; a changed module is never loaded: restore the bundle");
  }
  return path;
}

std::vector<FileCheck> verify(const Bundle& bundle) {
  std::vector<FileCheck> checks;
  const auto check = [&](const std::string& module, const FileEntry& entry) {
    FileCheck result{module, entry.file, std::nullopt};
    try {
      bundle.verified_file(module, entry);
    } catch (const Error& problem) {
      result.problem = problem.what();
    }
    checks.push_back(std::move(result));
  };
  for (const auto& [name, module] : bundle.manifest().modules) check(name, module.file);
  for (const auto& detector : bundle.manifest().face_detectors) check("face_detector", detector.file);
  return checks;
}

std::vector<fs::path> bundle_folders() {
  std::vector<fs::path> folders;
  const auto here = executable_folder();
  if (!here.empty()) {
    folders.push_back((here / "../../models").lexically_normal());               // a build folder of the source tree
    folders.push_back((here / "../share/magicface/models").lexically_normal());  // an installed tree
  }
  folders.emplace_back("/usr/local/share/magicface/models");
  return folders;
}

fs::path find_bundle(const std::optional<std::string>& name_or_path) {
  std::string wanted = "demo";
  std::string said_by = "the embedded bundle";
  bool may_be_path = true;
  const char* environment = std::getenv("MAGICFACE_BUNDLE");
  if (name_or_path) {
    wanted = *name_or_path;
    said_by = "--bundle";
  } else if (environment != nullptr && *environment != '\0') {
    wanted = environment;
    said_by = "MAGICFACE_BUNDLE";
  } else {
    // A bundle is a program: a folder `demo` that happens to lie in the current folder must not be run unasked.
    may_be_path = false;
  }
  std::string looked;
  auto candidates = bundle_folders();
  for (auto& folder : candidates) folder /= wanted;
  if (may_be_path) candidates.insert(candidates.begin(), fs::path(wanted));
  for (const auto& candidate : candidates) {
    std::error_code ignored;
    if (fs::exists(candidate / "bundle.json", ignored)) return candidate;
    looked += (looked.empty() ? "" : ", ") + candidate.string();
  }
  throw BundleError(said_by + " '" + wanted + "': no bundle.json found; looked in " + looked);
}

}  // namespace magicface::models
