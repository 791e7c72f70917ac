// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "magicface/image/format.hpp"

namespace magicface::app {

/// How outputs are named (docs/cli.md).
struct OutputOptions {
  std::filesystem::path out = ".";         ///< a folder, or a picture's name when exactly one output is made
  std::string pattern = "{stem}_{edit}";   ///< with {stem}, {edit}, {seed}, {index} (from 1), {face} (from 1)
  std::optional<image::Format> format;     ///< unset: the input's
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

/// Names every output before anything runs. @throws UsageError for an unknown field of the pattern, two outputs of the
/// same name, or a picture's name as `--out` for several outputs.
std::vector<PlannedOutput> plan_outputs(const std::vector<OutputKey>& keys, const OutputOptions& options);

}  // namespace magicface::app
