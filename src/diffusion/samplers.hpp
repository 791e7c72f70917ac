// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "magicface/diffusion/sampler.hpp"

/// One factory per sampler, each in its own source. `steps` and `eta` have been validated.
namespace magicface::diffusion {

std::unique_ptr<Sampler> make_ddim(const NoiseSchedule& schedule, int steps, double eta);
std::unique_ptr<Sampler> make_ddpm(const NoiseSchedule& schedule, int steps);
std::unique_ptr<Sampler> make_unipc(const NoiseSchedule& schedule, int steps);
std::unique_ptr<Sampler> make_dpmpp_2m(const NoiseSchedule& schedule, int steps);
std::unique_ptr<Sampler> make_euler(const NoiseSchedule& schedule, int steps);

}  // namespace magicface::diffusion
