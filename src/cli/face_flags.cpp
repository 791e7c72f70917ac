// SPDX-License-Identifier: Apache-2.0
#include "face_flags.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace magicface::cli {

void add_face_flags(CLI::App& command, FaceWords& words) {
  command.add_option("--face", words.face, "largest, all, N from left to right, or a pixel X,Y")->type_name("WHICH");
  command.add_option("--mask-policy", words.mask_policy, "bundle, paper, release or keep")->type_name("NAME");
}

}  // namespace magicface::cli
