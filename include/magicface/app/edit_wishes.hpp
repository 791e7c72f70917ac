// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "magicface/face/au_request.hpp"

namespace magicface::app {

/// Edits that are asked for in other ways than --au; every one is an edit of its own (docs/expressions.md).
struct ExpressionOptions {
  std::vector<std::string> targets;             ///< --target "AU12=3": intensities, 0 to 5
  std::vector<std::string> presets;             ///< --preset happiness
  std::optional<double> intensity;              ///< of the presets, 0 to 1; unset: 1
  std::vector<std::filesystem::path> like;      ///< --like: portraits whose expression is copied
  std::optional<double> like_strength;          ///< 0 to 2; unset: 1
  bool neutralise = false;                      ///< every unit to 0
  std::vector<std::filesystem::path> au_files;  ///< tables of intensities, a row is an edit
  std::optional<face::AuSense> au_files_as;     ///< unset: target
};

/// Which seeds an edit is made with.
struct SeedOptions {
  std::vector<std::uint64_t> seeds;  ///< --seeds; empty: the one seed
  bool keep_best = false;            ///< of the seeds, only the picture whose estimate is nearest to what was intended
};

/// Pictures for people, beside the outputs.
struct SheetOptions {
  std::optional<std::filesystem::path> grid;         ///< one sheet of all portraits and edits
  bool compare = false;                              ///< NAME_compare beside each output: before | after
  std::optional<std::filesystem::path> sweep_video;  ///< an animation of each portrait's edits, in their order
  std::optional<int> frame_ms;                       ///< of the animation, 20 to 10000; unset: 120
};

}  // namespace magicface::app
