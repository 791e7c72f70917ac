// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "magicface/app/edit_job.hpp"
#include "magicface/pipeline/engine.hpp"

namespace magicface::app {

/// One face of a picture and how it reaches the model.
struct FaceTask {
  std::size_t number = 1;  ///< from left to right, from 1; 1 where no face is looked for
  pipeline::PortraitOptions portrait;
  std::optional<std::string> problem;  ///< why it is left out; of several faces only
  std::vector<std::string> warnings;
};

/// The faces of `picture` that `choice` means, from left to right; at least one has no problem.
/// @throws ItemError: no such face, none that can be edited, a condition image or mask that is missing or doesn't fit.
std::vector<FaceTask> face_tasks(const EditOptions& options, const face::FaceChoice& choice,
                                 const std::filesystem::path& input, const image::Picture& picture,
                                 pipeline::FaceAnalyser& faces);

/// Flags that don't go together, and files that aren't there. @throws UsageError
void check_face_options(const EditOptions& options);

}  // namespace magicface::app
