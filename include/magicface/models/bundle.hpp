// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "magicface/models/manifest.hpp"

namespace magicface::models {

/// A bundle's folder with its parsed manifest. Opening reads `bundle.json` only; a module's file is hashed when it is
/// asked for, so that a job pays for nothing it doesn't use and nothing unchecked is ever loaded.
class Bundle {
 public:
  /// @throws BundleError when the folder or its manifest can't be used.
  explicit Bundle(std::filesystem::path folder);

  const Manifest& manifest() const { return manifest_; }
  const std::filesystem::path& folder() const { return folder_; }
  /// "demo@1.0"
  std::string label() const { return manifest_.name + "@" + manifest_.version; }
  bool has(const std::string& module) const { return manifest_.modules.contains(module); }

  /// The module's file after its size and sha256 were checked. @throws BundleError naming the module, expected, actual.
  std::filesystem::path verified_file(const std::string& module) const;
  /// The same for a file of the detector.
  std::filesystem::path verified_file(const std::string& module, const FileEntry& entry) const;

 private:
  std::filesystem::path folder_;
  Manifest manifest_;
};

/// One line per file: what `bundle verify` reports. Never throws for a bad file.
struct FileCheck {
  std::string module;
  std::string file;
  std::optional<std::string> problem;  ///< nothing: size and sha256 are as the manifest says
};
std::vector<FileCheck> verify(const Bundle& bundle);

/// Folders that may hold bundles, in the order of docs/cli.md: beside the executable, then share/magicface/models.
std::vector<std::filesystem::path> bundle_folders();

/// Finds a bundle by `name_or_path` (from --bundle), else MAGICFACE_BUNDLE, else "demo". @throws BundleError that lists
/// where it looked.
std::filesystem::path find_bundle(const std::optional<std::string>& name_or_path);

}  // namespace magicface::models
