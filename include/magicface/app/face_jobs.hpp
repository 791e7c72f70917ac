// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "magicface/app/edit_job.hpp"

namespace magicface::app {

/// `magicface estimate`: AU intensities per face.
struct EstimateOptions {
  std::vector<std::string> inputs;
  std::optional<std::string> bundle;
  pipeline::ComputeOptions compute;
  image::ReadLimits limits;  ///< of the inputs
  bool json = false;  ///< one JSON object per face instead of CSV
};

/// CSV with a file column first, then OpenFace's columns (`AU01_r`), faces from left to right. @throws as run_edit.
JobResult run_estimate(const EstimateOptions& options, std::istream& list, std::ostream& out);

/// `magicface parse`: condition image, class map, contour and crop of the largest face.
struct ParseOptions {
  std::vector<std::string> inputs;
  std::filesystem::path out = ".";
  std::optional<std::string> bundle;
  pipeline::ComputeOptions compute;
  image::ReadLimits limits;  ///< of the inputs
  bool overwrite = false;
};

/// Writes STEM_crop.png, STEM_condition.png, STEM_classes.png (one grey value per class) and STEM_contour.png.
JobResult run_parse(const ParseOptions& options, std::istream& list, std::ostream& out);

}  // namespace magicface::app
