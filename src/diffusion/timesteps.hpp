// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "magicface/diffusion/noise_schedule.hpp"

/// Which timesteps N steps visit. All lists fall. Rounding is half to even, as NumPy's.
namespace magicface::diffusion {

/// T / N, in whole timesteps: the stride of `leading` spacing.
int leading_stride(const NoiseSchedule& schedule, int steps);

/// DDIM, DDPM: k (T / N) + steps_offset for k = N - 1 .. 0. Throws UsageError when one falls outside the schedule.
std::vector<double> leading_timesteps(const NoiseSchedule& schedule, int steps);

/// UniPC, DPM-Solver++: N + 1 points from T - 1 to 0, rounded, without the last. Throws UsageError when N >= T.
std::vector<double> rounded_linspace_timesteps(const NoiseSchedule& schedule, int steps);

/// Euler: N points from T - 1 to 0, fractional; the one point of N = 1 is 0.
std::vector<double> fractional_linspace_timesteps(const NoiseSchedule& schedule, int steps);

}  // namespace magicface::diffusion
