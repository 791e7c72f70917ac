// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "magicface/diffusion/noise_schedule.hpp"

/// Where on the noise path a sample lies, and what a network's output says about x_0 and eps there.
namespace magicface::diffusion {

/// x_t = alpha x_0 + sigma eps with alpha^2 + sigma^2 = 1.
struct Marginal {
  double alpha;
  double sigma;
  /// Half the log of the signal-to-noise ratio, log(alpha / sigma); infinite without noise.
  double lambda;
};

/// From abar = alpha^2.
Marginal marginal_from_alpha_cumprod(double alpha_cumprod);
/// From the ratio sigma / alpha.
Marginal marginal_from_ratio(double ratio);

/// The path of a solver that ends at timestep 0's noise instead of none: one marginal per timestep, then timestep 0's.
std::vector<Marginal> solver_path(const NoiseSchedule& schedule, const std::vector<double>& timesteps);

/// a x + b y, each product rounded on its own: a fused multiply-add would let the last bit depend on the processor and
/// perhaps on where in the batch an item lies.
at::Tensor combine(double a, const at::Tensor& x, double b, const at::Tensor& y);

/// x_0 from `output`, which means `type`, for the sample x at `point`.
at::Tensor predict_original(PredictionType type, const Marginal& point, const at::Tensor& output, const at::Tensor& x);
/// eps, likewise.
at::Tensor predict_epsilon(PredictionType type, const Marginal& point, const at::Tensor& output, const at::Tensor& x);

}  // namespace magicface::diffusion
