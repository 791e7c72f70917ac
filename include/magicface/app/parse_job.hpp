// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "magicface/app/edit_job.hpp"

namespace magicface::app {

/// `magicface parse`: condition image, class map, contour and crop of the largest face.
struct ParseOptions {
  std::vector<std::string> inputs;
  std::filesystem::path out = ".";
  std::optional<std::string> bundle;
  pipeline::ComputeOptions compute;
  bool overwrite = false;
};

/// Writes STEM_crop.png, STEM_condition.png, STEM_classes.png (one grey value per class) and STEM_contour.png.
JobResult run_parse(const ParseOptions& options, std::istream& list, std::ostream& out);

}  // namespace magicface::app
