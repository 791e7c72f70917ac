// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>

#include "magicface/pipeline/options.hpp"

namespace magicface::cli {

/// `--fast` and `--best` as they are typed.
struct QualityWords {
  bool fast = false, best = false;
};

void add_quality_flags(CLI::App& command, QualityWords& words);
/// Sets the sampler and the steps that a preset stands for. @throws UsageError when another flag says the same thing
void apply_quality(const QualityWords& words, pipeline::SamplingOptions& sampling);

}  // namespace magicface::cli
