// SPDX-License-Identifier: Apache-2.0
#include "toy.hpp"

#include <cmath>

namespace magicface::diffusion::testing {

Denoise sine_network(double a, double b, double c) {
  return [=](const at::Tensor& x, double t) { return a * at::sin(b * x + t / c) + 0.5 * x; };
}

Denoise exact_network() {
  return [](const at::Tensor& x, double t) { return x.mul(0.75).sub(x.div(x.mul(x).add(1.0 + t / 1000))); };
}

Denoise consistent_network(PredictionType type) {
  return [type, schedule = NoiseSchedule(NoiseScheduleConfig())](const at::Tensor& x, double t) {
    const auto epsilon = 0.9 * x + 0.2 * at::tanh(x + t / 500);
    const double ratio = schedule.sigma_at(t);
    const double alpha = 1 / std::sqrt(1 + ratio * ratio);
    const double sigma = ratio * alpha;
    const auto original = (x - sigma * epsilon) / alpha;
    if (type == PredictionType::sample) return original;
    if (type == PredictionType::v_prediction) return alpha * epsilon - sigma * original;
    return epsilon;
  };
}

std::vector<at::Tensor> trajectory(Sampler& sampler, const at::Tensor& start_noise, const at::Tensor& step_noise,
                                   const Denoise& network) {
  std::vector<at::Tensor> samples;
  auto x = start_noise * sampler.initial_sigma();
  int draws = 0;
  for (int i = 0; i < sampler.steps(); ++i) {
    const auto output = network(sampler.scale_model_input(x, i), sampler.timesteps().at(static_cast<std::size_t>(i)));
    const auto noise = sampler.needs_noise(i) ? step_noise[draws++] : at::Tensor();
    x = sampler.step(output, i, x, noise).previous_sample;
    samples.push_back(x);
  }
  return samples;
}

double largest_difference(const at::Tensor& a, const at::Tensor& b) { return (a - b).abs().max().item<double>(); }

}  // namespace magicface::diffusion::testing
