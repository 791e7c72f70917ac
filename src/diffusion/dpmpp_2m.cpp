// SPDX-License-Identifier: Apache-2.0
// DPM-Solver++ 2M (Lu et al. 2022, "DPM-Solver++", algorithm 2), midpoint, predicting x_0.
#include <cmath>
#include <utility>
#include <vector>

#include "prediction.hpp"
#include "samplers.hpp"
#include "timesteps.hpp"

namespace magicface::diffusion {
namespace {

// With fewer steps than this the last one is first order, which is steadier.
constexpr int kFewSteps = 15;

class DpmSolverPp2M final : public Sampler {
 public:
  DpmSolverPp2M(const NoiseSchedule& schedule, int steps)
      : Sampler(rounded_linspace_timesteps(schedule, steps), 1.0),
        type_(schedule.config().prediction_type),
        path_(solver_path(schedule, timesteps())) {}

 private:
  bool first_order(int i) const { return i == 0 || (i == steps() - 1 && steps() < kFewSteps); }

  StepResult advance(const at::Tensor& model_output, int i, const at::Tensor& x, const at::Tensor& /*noise*/) override {
    const auto at = static_cast<std::size_t>(i);
    const Marginal& s = path_[at];      // from
    const Marginal& t = path_[at + 1];  // to
    // 1. x_0 at s
    auto original = predict_original(type_, s, model_output, x);
    // 2. D = x_0(s) + (x_0(s) - x_0(r)) / (2 r_i), r_i = h_{i-1} / h_i
    const double h = t.lambda - s.lambda;
    auto d = original;
    if (!first_order(i)) {
      const double half_slope = 0.5 * h / (s.lambda - path_[at - 1].lambda);
      d = combine(1 + half_slope, original, -half_slope, previous_original_);
    }
    // 3. x_t = (sigma_t / sigma_s) x_s - alpha_t (e^-h - 1) D
    auto previous = combine(t.sigma / s.sigma, x, -t.alpha * std::expm1(-h), d);
    previous_original_ = original;
    return {std::move(previous), std::move(original)};
  }

  PredictionType type_;
  std::vector<Marginal> path_;
  at::Tensor previous_original_;  // of the step before
};

}  // namespace

std::unique_ptr<Sampler> make_dpmpp_2m(const NoiseSchedule& schedule, int steps) {
  return std::make_unique<DpmSolverPp2M>(schedule, steps);
}

}  // namespace magicface::diffusion
