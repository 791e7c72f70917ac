// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>

#include "magicface/diffusion/noise.hpp"
#include "magicface/diffusion/sampler.hpp"

namespace magicface::diffusion {

/// The network behind one callable: scaled sample (n,c,h,w) and timestep to output of the same shape, already guided.
/// The output's dtype may differ (bfloat16 networks); it is converted to the sample's.
using Denoise = std::function<at::Tensor(const at::Tensor& scaled_x, double timestep)>;

/// Called after each step with the number of finished steps, 1 .. steps. May throw Cancelled, which ends the run.
using OnStep = std::function<void(int step, int steps)>;

/// Runs every step from `start_noise` (n,c,h,w; of unit variance in training, not yet multiplied by initial_sigma) and
/// returns x_0, of the same shape, dtype and device. Step noise is one draw of (1,c,h,w) per item from `noise`, moved
/// to the sample's device and dtype. `on_step` may be empty. Whatever `denoise` and `on_step` throw passes through.
/// Throws std::logic_error when `noise` is needed and doesn't have n items. Run it under c10::InferenceMode.
at::Tensor sample(Sampler& sampler, const at::Tensor& start_noise, BatchNoise& noise, const Denoise& denoise,
                  const OnStep& on_step);

}  // namespace magicface::diffusion
