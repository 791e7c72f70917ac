// SPDX-License-Identifier: Apache-2.0
#include "timesteps.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "magicface/core/error.hpp"

namespace magicface::diffusion {
namespace {

[[noreturn]] void throw_too_many_steps(const NoiseSchedule& schedule, int steps) {
  const auto timesteps = std::to_string(schedule.train_timesteps());
  throw UsageError("--steps: expected fewer than the model's " + timesteps + " timesteps (steps_offset " +
                   std::to_string(schedule.config().steps_offset) + "), got " + std::to_string(steps) +
                   "; choose fewer steps");
}

/// Where each step leads: to the next point, the last one to `end`.
SpacedTimesteps leading_on(std::vector<double> visited, int end) {
  std::vector<int> next(visited.begin() + 1, visited.end());
  next.push_back(end);
  return {std::move(visited), std::move(next)};
}

SpacedTimesteps leading_timesteps(const NoiseSchedule& schedule, int steps) {
  const int stride = schedule.train_timesteps() / steps;
  const int offset = schedule.config().steps_offset;
  if (stride == 0 || (steps - 1) * stride + offset >= schedule.train_timesteps()) {
    throw_too_many_steps(schedule, steps);
  }
  std::vector<double> visited;
  for (int k = steps - 1; k >= 0; --k) visited.push_back(k * stride + offset);
  return leading_on(std::move(visited), offset - stride);
}

SpacedTimesteps trailing_timesteps(const NoiseSchedule& schedule, int steps) {
  const double all = schedule.train_timesteps();
  if (steps >= schedule.train_timesteps()) throw_too_many_steps(schedule, steps);
  const double shift = schedule.config().timestep_shift;
  std::vector<double> visited;
  for (int k = 0; k < steps; ++k) {
    const double left = steps - k;
    const double timestep = std::nearbyint(all * shift * left / (steps + (shift - 1) * left)) - 1;
    // A shift draws the first ones together: several may fall on one timestep.
    visited.push_back(visited.empty() ? timestep : std::min(timestep, visited.back() - 1));
  }
  return leading_on(std::move(visited), -1);
}

}  // namespace

SpacedTimesteps spaced_timesteps(const NoiseSchedule& schedule, int steps) {
  const bool leading = schedule.config().timestep_spacing == TimestepSpacing::leading;
  return leading ? leading_timesteps(schedule, steps) : trailing_timesteps(schedule, steps);
}

std::vector<Stride> strides(const NoiseSchedule& schedule, const SpacedTimesteps& spaced, double final_abar) {
  const auto& table = schedule.alphas_cumprod();
  std::vector<Stride> result;
  for (std::size_t i = 0; i < spaced.next.size(); ++i) {
    const int next = spaced.next[i];
    result.push_back({table[static_cast<std::size_t>(spaced.visited[i])],
                      next >= 0 ? table[static_cast<std::size_t>(next)] : final_abar});
  }
  return result;
}

std::vector<double> rounded_linspace_timesteps(const NoiseSchedule& schedule, int steps) {
  const int last = schedule.train_timesteps() - 1;
  if (steps > last) throw_too_many_steps(schedule, steps);
  const double stride = static_cast<double>(last) / steps;
  std::vector<double> timesteps = {static_cast<double>(last)};
  for (int k = steps - 1; k >= 1; --k) timesteps.push_back(std::nearbyint(k * stride));
  return timesteps;
}

std::vector<double> fractional_linspace_timesteps(const NoiseSchedule& schedule, int steps) {
  if (steps == 1) return {0.0};
  const double last = schedule.train_timesteps() - 1;
  const double stride = last / (steps - 1);
  std::vector<double> timesteps = {last};
  for (int k = steps - 2; k >= 0; --k) timesteps.push_back(k * stride);
  return timesteps;
}

}  // namespace magicface::diffusion
