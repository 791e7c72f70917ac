// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "magicface/image/format.hpp"

namespace magicface::app {

/// How outputs are named (docs/cli.md).
struct OutputOptions {
  std::filesystem::path out = ".";        ///< a folder, or a picture's name when exactly one output is made
  std::string pattern = "{stem}_{edit}";  ///< with {stem}, {edit}, {seed}, {index} (from 1), {face} (from 1)
  std::optional<image::Format> format;    ///< unset: the input's
  bool allow_outside = false;             ///< the name of a job's line may leave `out`
};

/// What one output's name depends on.
struct OutputKey {
  std::filesystem::path input;
  std::string edit;
  std::uint64_t seed = 0;
  std::size_t index = 1;
  std::size_t face = 1;
};

struct PlannedOutput {
  std::filesystem::path path;
  image::Format format;
};

/// Names outputs one by one and knows what is taken, for jobs whose lines come one by one.
class OutputNames {
 public:
  explicit OutputNames(const OutputOptions& options) : options_(options) {}

  /// A name in the folder `--out`, by `pattern` where a job's line has one of its own (it may have folders and a
  /// picture's extension), else by `--output-pattern`. @throws UsageError for an unknown field of the pattern, a name
  /// without text or outside `--out`, a format that disagrees or that this program can't write.
  PlannedOutput name(const OutputKey& key, const std::string& pattern = {}) const;
  /// @param from the input, or the flag that names the file. @throws UsageError when another has taken the name.
  void take(const std::filesystem::path& file, const std::filesystem::path& from);

 private:
  OutputOptions options_;
  std::map<std::filesystem::path, std::filesystem::path> taken_;
};

/// Names every output before anything runs. @throws UsageError for an unknown field of the pattern, two outputs of the
/// same name, or a picture's name as `--out` for several outputs.
std::vector<PlannedOutput> plan_outputs(const std::vector<OutputKey>& keys, const OutputOptions& options);

/// Whether `--out` names one picture and not a folder.
bool names_a_picture(const OutputOptions& options);

/// @throws UsageError for a name that would become a folder, though it looks like something else.
void check_out(const OutputOptions& options);

/// Where outputs go: `out`, or the folder of the picture that it names.
std::filesystem::path folder_of(const OutputOptions& options);

}  // namespace magicface::app
