// SPDX-License-Identifier: Apache-2.0
#include "quality_flags.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "magicface/core/error.hpp"

namespace magicface::cli {
namespace {

/// What a preset stands for, chosen by measurement: docs/performance.md, "Steps against quality".
struct Preset {
  const char* flag;
  const char* sampler;
  int steps;
};
constexpr Preset kFast{"--fast", "unipc", 8};
constexpr Preset kBest{"--best", "unipc", 50};

std::string meaning_of(const Preset& preset) {
  return std::string("--sampler ") + preset.sampler + " --steps " + std::to_string(preset.steps);
}

}  // namespace

void add_quality_flags(CLI::App& command, QualityWords& words) {
  command.add_flag("--fast", words.fast, "less time where the bundle's default takes more steps: " + meaning_of(kFast));
  command.add_flag("--best", words.best, "more time: " + meaning_of(kBest));
}

void apply_quality(const QualityWords& words, pipeline::SamplingOptions& sampling) {
  if (words.fast && words.best) throw UsageError("--fast: expected no --best beside it; keep one of them");
  if (!words.fast && !words.best) return;
  const auto& preset = words.fast ? kFast : kBest;
  const auto refuse = [&](const char* flag) {
    throw UsageError(std::string(preset.flag) + ": expected no " + flag + " beside it; it stands for " +
                     meaning_of(preset));
  };
  if (sampling.sampler) refuse("--sampler");
  if (sampling.steps) refuse("--steps");
  if (sampling.eta != 0) refuse("--eta");
  sampling.sampler = preset.sampler;
  sampling.steps = preset.steps;
}

}  // namespace magicface::cli
