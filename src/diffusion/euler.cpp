// SPDX-License-Identifier: Apache-2.0
// Euler's method on the probability flow ODE in sigma space (Karras et al. 2022, algorithm 1 without the correction):
// the sample is x_0 + sigma eps, and the network sees it divided by sqrt(sigma^2 + 1).
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "prediction.hpp"
#include "samplers.hpp"
#include "timesteps.hpp"

namespace magicface::diffusion {
namespace {

class Euler final : public Sampler {
 public:
  Euler(const NoiseSchedule& schedule, std::vector<double> visited)
      : Sampler(visited, schedule.sigma_at(visited.front())), type_(schedule.config().prediction_type) {
    for (const double t : timesteps()) sigmas_.push_back(schedule.sigma_at(t));
    sigmas_.push_back(0);
  }

  at::Tensor scale_model_input(const at::Tensor& x, int i) const override {
    return x.mul(marginal_from_ratio(sigmas_[static_cast<std::size_t>(i)]).alpha);  // 1 / sqrt(sigma^2 + 1)
  }

 private:
  StepResult advance(const at::Tensor& model_output, int i, const at::Tensor& x, const at::Tensor& /*noise*/) override {
    const auto at = static_cast<std::size_t>(i);
    const double sigma = sigmas_[at];
    // 1. x_0 and eps, from the sample as the network saw it
    const auto scaled = scale_model_input(x, i);
    const auto point = marginal_from_ratio(sigma);
    auto original = predict_original(type_, point, model_output, scaled);
    // 2. dx / dsigma = (x - x_0) / sigma = eps
    const auto slope = predict_epsilon(type_, point, model_output, scaled);
    // 3. along the slope to the next sigma
    auto previous = x.add(slope.mul(sigmas_[at + 1] - sigma));
    return {std::move(previous), std::move(original)};
  }

  PredictionType type_;
  std::vector<double> sigmas_;  // one per step, then 0
};

}  // namespace

std::unique_ptr<Sampler> make_euler(const NoiseSchedule& schedule, int steps) {
  return std::make_unique<Euler>(schedule, fractional_linspace_timesteps(schedule, steps));
}

}  // namespace magicface::diffusion
