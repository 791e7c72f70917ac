// SPDX-License-Identifier: Apache-2.0
#include "magicface/diffusion/sample.hpp"

#include <stdexcept>

namespace magicface::diffusion {
namespace {

/// One draw of (1,c,h,w) per item, where `x` lives.
at::Tensor step_noise(BatchNoise& noise, const at::Tensor& x) {
  if (static_cast<std::int64_t>(noise.size()) != x.size(0)) {
    throw std::logic_error("sample: expected one noise source per item");
  }
  auto item_shape = x.sizes().vec();
  item_shape[0] = 1;
  return noise.draw(item_shape).to(x.options());
}

}  // namespace

at::Tensor sample(Sampler& sampler, const at::Tensor& start_noise, BatchNoise& noise, const Denoise& denoise,
                  const OnStep& on_step) {
  auto x = start_noise.mul(sampler.initial_sigma());
  const int steps = sampler.steps();
  for (int i = 0; i < steps; ++i) {
    // 1. the network's view of this point
    const double timestep = sampler.timesteps()[static_cast<std::size_t>(i)];
    const auto output = denoise(sampler.scale_model_input(x, i), timestep).to(x.scalar_type());
    // 2. one step towards the data
    const auto fresh = sampler.needs_noise(i) ? step_noise(noise, x) : at::Tensor();
    x = sampler.step(output, i, x, fresh).previous_sample;
    // 3. progress, or the end
    if (on_step) on_step(i + 1, steps);
  }
  return x;
}

}  // namespace magicface::diffusion
