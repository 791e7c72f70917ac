// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "magicface/app/edit_job.hpp"

namespace magicface::app {

/// `magicface parse`: crop, condition image, class map, contour, blend mask and overlay of a face.
struct ParseOptions {
  std::vector<std::string> inputs;
  std::filesystem::path out = ".";
  std::optional<std::string> bundle;
  pipeline::ComputeOptions compute;
  image::ReadLimits limits;  ///< of the inputs
  face::FaceChoice face;
  pipeline::MaskPolicy mask_policy = pipeline::MaskPolicy::bundle;
  bool overwrite = false;
};

/// Writes STEM_crop.png, STEM_condition.png, STEM_classes.png (one grey value per class), STEM_contour.png,
/// STEM_mask.png and STEM_overlay.png; with several faces STEM_face2_crop.png and so on.
JobResult run_parse(const ParseOptions& options, std::istream& list, std::ostream& out);

}  // namespace magicface::app
