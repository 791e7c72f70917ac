// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "magicface/diffusion/noise_schedule.hpp"

/// Which timesteps N steps visit. All lists fall. Rounding is half to even, as NumPy's.
namespace magicface::diffusion {

/// Timesteps of DDIM and DDPM.
struct SpacedTimesteps {
  std::vector<double> visited;
  std::vector<int> next;  ///< where each step leads; below 0: to x_0
};

/// In the schedule's spacing, with strides of T / N. Leading: k (T / N) + steps_offset for k = N - 1 .. 0, in whole
/// timesteps. Trailing: T - k (T / N) - 1 for k = 0 .. N - 1, rounded.
/// Throws UsageError when one falls outside the schedule.
SpacedTimesteps spaced_timesteps(const NoiseSchedule& schedule, int steps);

/// abar (alphas_cumprod) where a step of DDIM or DDPM starts and where it leads.
struct Stride {
  double abar, abar_previous;
};

/// One for each step; `final_abar` is that of x_0.
std::vector<Stride> strides(const NoiseSchedule& schedule, const SpacedTimesteps& spaced, double final_abar);

/// UniPC, DPM-Solver++: N + 1 points from T - 1 to 0, rounded, without the last. Throws UsageError when N >= T.
std::vector<double> rounded_linspace_timesteps(const NoiseSchedule& schedule, int steps);

/// Euler: N points from T - 1 to 0, fractional; the one point of N = 1 is 0.
std::vector<double> fractional_linspace_timesteps(const NoiseSchedule& schedule, int steps);

}  // namespace magicface::diffusion
