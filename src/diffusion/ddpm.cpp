// SPDX-License-Identifier: Apache-2.0
// Denoising diffusion probabilistic models (Ho, Jain, Abbeel 2020), eq. 7, with the small fixed variance beta~_t.
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "prediction.hpp"
#include "samplers.hpp"
#include "timesteps.hpp"

namespace magicface::diffusion {
namespace {

constexpr double kMinVariance = 1e-20;

class Ddpm final : public Sampler {
 public:
  Ddpm(const NoiseSchedule& schedule, int steps) : Ddpm(schedule, spaced_timesteps(schedule, steps)) {}

  /// Down to, and without, timestep 0.
  bool needs_noise(int i) const override { return timesteps()[static_cast<std::size_t>(i)] > 0; }

 private:
  struct Coefficients {
    Marginal point;   // at t
    double original;  // of x_0 in mu~_t
    double sample;    // of x_t in mu~_t
    double noise;     // sqrt(beta~_t)
  };

  Ddpm(const NoiseSchedule& schedule, const SpacedTimesteps& spaced)
      : Sampler(spaced.visited, 1.0), type_(schedule.config().prediction_type) {
    for (const auto& stride : strides(schedule, spaced, 1.0)) plan_.push_back(plan_step(stride));
  }

  static Coefficients plan_step(const Stride& stride) {
    const auto [abar, abar_previous] = stride;
    const double alpha = abar / abar_previous;  // of the whole stride
    const double beta = 1 - alpha;
    // eq. 7
    const double variance = (1 - abar_previous) / (1 - abar) * beta;
    return {marginal_from_alpha_cumprod(abar), std::sqrt(abar_previous) * beta / (1 - abar),
            std::sqrt(alpha) * (1 - abar_previous) / (1 - abar), std::sqrt(std::max(variance, kMinVariance))};
  }

  StepResult advance(const at::Tensor& model_output, int i, const at::Tensor& x, const at::Tensor& noise) override {
    const auto& c = plan_[static_cast<std::size_t>(i)];
    // 1. x_0 at this point
    auto original = predict_original(type_, c.point, model_output, x);
    // 2. mean mu~_t(x_t, x_0)
    auto previous = combine(c.original, original, c.sample, x);
    // 3. noise
    if (needs_noise(i)) previous.add_(noise.mul(c.noise));
    return {std::move(previous), std::move(original)};
  }

  PredictionType type_;
  std::vector<Coefficients> plan_;
};

}  // namespace

std::unique_ptr<Sampler> make_ddpm(const NoiseSchedule& schedule, int steps) {
  return std::make_unique<Ddpm>(schedule, steps);
}

}  // namespace magicface::diffusion
