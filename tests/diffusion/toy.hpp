// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/ATen.h>

#include <vector>

#include "magicface/diffusion/sample.hpp"

/// Toy networks and small helpers that several tests share.
namespace magicface::diffusion::testing {

/// eps(x, t) = a sin(b x + t / c) + x / 2, the function behind the reference numbers.
Denoise sine_network(double a, double b, double c);

/// Uses operations only that IEEE 754 rounds exactly, so equal items give equal bits wherever in a batch they lie.
Denoise exact_network();

/// A smooth eps, said as eps, v or x_0 with the schedule's own coefficients at t.
Denoise consistent_network(PredictionType type);

/// Samples after each step; `step_noise` (draws,1,c,h,w) is used in order.
std::vector<at::Tensor> trajectory(Sampler& sampler, const at::Tensor& start_noise, const at::Tensor& step_noise,
                                   const Denoise& network);

double largest_difference(const at::Tensor& a, const at::Tensor& b);

}  // namespace magicface::diffusion::testing
