// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "magicface/app/eval_job.hpp"
#include "magicface/face/action_units.hpp"
#include "picture_table.hpp"

namespace magicface::app {

/// What other programs have read from the pictures, instead of the bundle's networks. An empty table replaces nothing.
struct EvalTables {
  PictureTable au{"--au-table"};              ///< intensities, 0 to 5, in the bundle's order
  PictureTable identity{"--identity-table"};  ///< vectors of one length
  PictureTable pose{"--pose-table"};          ///< pitch, yaw, roll, radians
};

/// Reads the tables that the options name (docs/evaluation.md says their columns).
/// @throws NoInputError, UsageError naming file, line and column.
EvalTables read_eval_tables(const EvalOptions& options, const face::AuVocabulary& vocabulary);

}  // namespace magicface::app
