// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "magicface/pipeline/engine.hpp"

namespace magicface::pipeline {

/// The rows of a batch, and behind them what their pictures are compared with.
struct ComparedRows {
  /// Those asked for, then every portrait as it is, once per seed.
  std::vector<BatchRow> rows;
  /// Of every row asked for, the one that shows its portrait as it is; the row itself where nothing is blended.
  std::vector<std::size_t> unchanged;
};

/// Adds to a batch what the model makes of its portraits when nothing is asked for, from the same noise: whatever else
/// it gets wrong about a face is then the same in both pictures, and compositing takes it back. For bundles whose zeros
/// say so.
ComparedRows with_unchanged(const std::vector<BatchRow>& rows);

}  // namespace magicface::pipeline
