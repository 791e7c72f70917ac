// SPDX-License-Identifier: Apache-2.0
// Denoising diffusion implicit models (Song, Meng, Ermon 2021), eqs. 12 and 16.
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "prediction.hpp"
#include "samplers.hpp"
#include "timesteps.hpp"

namespace magicface::diffusion {
namespace {

class Ddim final : public Sampler {
 public:
  Ddim(const NoiseSchedule& schedule, int steps, double eta) : Ddim(schedule, spaced_timesteps(schedule, steps), eta) {}

  bool needs_noise(int /*i*/) const override { return eta_ > 0; }

 private:
  struct Coefficients {
    Marginal point;    // at t
    double original;   // sqrt(abar_prev)
    double direction;  // sqrt(1 - abar_prev - sigma_t^2)
    double noise;      // sigma_t(eta)
  };

  Ddim(const NoiseSchedule& schedule, const SpacedTimesteps& spaced, double eta)
      : Sampler(spaced.visited, 1.0), type_(schedule.config().prediction_type), eta_(eta) {
    const double final_abar = schedule.config().set_alpha_to_one ? 1.0 : schedule.alphas_cumprod().front();
    for (const auto& stride : strides(schedule, spaced, final_abar)) plan_.push_back(plan_step(stride));
  }

  Coefficients plan_step(const Stride& stride) const {
    const auto [abar, abar_previous] = stride;
    // sigma_t(eta) = eta sqrt((1 - abar_prev) / (1 - abar)) sqrt(1 - abar / abar_prev): eq. 16.
    const double variance = eta_ * eta_ * (1 - abar_previous) / (1 - abar) * (1 - abar / abar_previous);
    return {marginal_from_alpha_cumprod(abar), std::sqrt(abar_previous),
            std::sqrt(std::max(0.0, 1 - abar_previous - variance)), std::sqrt(variance)};
  }

  StepResult advance(const at::Tensor& model_output, int i, const at::Tensor& x, const at::Tensor& noise) override {
    const auto& c = plan_[static_cast<std::size_t>(i)];
    // 1. x_0 and eps at this point
    auto original = predict_original(type_, c.point, model_output, x);
    const auto epsilon = predict_epsilon(type_, c.point, model_output, x);
    // 2. eq. 12: predicted x_0, direction pointing to x_t
    auto previous = combine(c.original, original, c.direction, epsilon);
    // 3. eq. 12: random noise
    if (needs_noise(i)) previous.add_(noise.mul(c.noise));
    return {std::move(previous), std::move(original)};
  }

  PredictionType type_;
  double eta_;
  std::vector<Coefficients> plan_;
};

}  // namespace

std::unique_ptr<Sampler> make_ddim(const NoiseSchedule& schedule, int steps, double eta) {
  return std::make_unique<Ddim>(schedule, steps, eta);
}

}  // namespace magicface::diffusion
