// SPDX-License-Identifier: Apache-2.0
#include "magicface/models/manifest.hpp"
#include "magicface/pipeline/options.hpp"

namespace magicface::pipeline {

Sampling resolved(const SamplingOptions& asked, const models::DefaultsSection& defaults) {
  return {asked.sampler.value_or(defaults.sampler), asked.steps.value_or(defaults.steps), asked.eta,
          asked.guidance.value_or(defaults.guidance), asked.noise_scale.value_or(defaults.noise_scale)};
}

}  // namespace magicface::pipeline
