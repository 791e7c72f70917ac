// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <string>

#include "magicface/face/selection.hpp"
#include "magicface/pipeline/options.hpp"

namespace magicface::cli {

/// `--face` and `--mask-policy` as they are typed; read when the command runs, so that errors are ours.
struct FaceWords {
  std::string face = "largest", mask_policy = "bundle";

  face::FaceChoice choice() const { return face::parse_face_choice(face); }
  pipeline::MaskPolicy policy() const { return pipeline::mask_policy_from_name(mask_policy); }
};

void add_face_flags(CLI::App& command, FaceWords& words);

}  // namespace magicface::cli
