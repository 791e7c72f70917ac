// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

#include "magicface/diffusion/noise_schedule.hpp"
#include "magicface/diffusion/sampler_options.hpp"

namespace magicface::diffusion {

/// Walks a sample from noise to data in `steps()` steps. Pure mathematics: it is handed the network's output and, where
/// it asks for it, noise. Coefficients are doubles; tensors keep their dtype and device. Items of a batch (dimension 0)
/// never influence each other, bit by bit.
///
/// Steps go in order 0 .. steps() - 1, because multistep samplers remember earlier outputs; step 0 starts anew, so a
/// sampler may be used for many runs, by one thread at a time.
class Sampler {
 public:
  struct StepResult {
    at::Tensor previous_sample;     ///< x at the next, less noisy point; the last one is the result
    at::Tensor predicted_original;  ///< the estimate of x_0 made in this step
  };

  virtual ~Sampler();
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;
  Sampler(Sampler&&) = delete;
  Sampler& operator=(Sampler&&) = delete;

  int steps() const { return static_cast<int>(timesteps_.size()); }
  /// The timestep to give the network in each step, falling; fractional with Euler only.
  const std::vector<double>& timesteps() const { return timesteps_; }
  /// What unit start noise is multiplied with: 1, except in sigma space (Euler).
  double initial_sigma() const { return initial_sigma_; }

  /// The network's input for step i, of variance about 1: `x` itself, except in sigma space.
  virtual at::Tensor scale_model_input(const at::Tensor& x, int i) const;
  /// True when step i adds fresh noise.
  virtual bool needs_noise(int i) const;

  /// One step: `model_output` is the network's (already guided) output for scale_model_input(x, i) at timesteps()[i],
  /// `noise` is unit noise where needs_noise(i) and ignored elsewhere; all of them shaped as `x`, on its device, of its
  /// dtype. Arguments stay unchanged, but the sampler and the result may hold on to them and to each other: modify none
  /// of these tensors in place. Throws std::logic_error when i is out of turn, shapes differ, or noise is missing.
  StepResult step(const at::Tensor& model_output, int i, const at::Tensor& x, const at::Tensor& noise);

 protected:
  Sampler(std::vector<double> timesteps, double initial_sigma);

 private:
  virtual StepResult advance(const at::Tensor& model_output, int i, const at::Tensor& x, const at::Tensor& noise) = 0;

  std::vector<double> timesteps_;
  double initial_sigma_;
  int next_step_ = 0;
};

/// Validates both; throws UsageError, also when the schedule has too few timesteps for so many steps.
std::unique_ptr<Sampler> make_sampler(const SamplerOptions& options, const NoiseScheduleConfig& config);

}  // namespace magicface::diffusion
