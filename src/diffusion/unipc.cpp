// SPDX-License-Identifier: Apache-2.0
// UniPC (Zhao et al. 2023), multistep, order 2, B2(h) = e^h - 1, predicting x_0 (algorithms 5 and 6 of its appendix).
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "prediction.hpp"
#include "samplers.hpp"
#include "timesteps.hpp"

namespace magicface::diffusion {
namespace {

constexpr int kMaxOrder = 2;

class UniPc final : public Sampler {
 public:
  UniPc(const NoiseSchedule& schedule, int steps)
      : Sampler(rounded_linspace_timesteps(schedule, steps), 1.0),
        type_(schedule.config().prediction_type),
        path_(solver_path(schedule, timesteps())) {}

 private:
  /// 1, 2, ..., 2, 1: as many outputs as are known, and first order in the last step.
  int order(int i) const { return std::min({kMaxOrder, i + 1, steps() - i}); }

  StepResult advance(const at::Tensor& model_output, int i, const at::Tensor& x, const at::Tensor& /*noise*/) override {
    // 1. x_0 at this point, from the sample the network saw
    auto original = predict_original(type_, path_[static_cast<std::size_t>(i)], model_output, x);
    // 2. UniC: redo the last step with what is known here, with that step's order
    start_ = i == 0 ? x : correct(i, original);
    // 3. UniP: go on from the corrected sample
    auto previous = predict(i, original);
    older_ = i == 0 ? at::Tensor() : newest_;
    newest_ = original;
    return {std::move(previous), std::move(original)};
  }

  /// (lambda_r - lambda_s) / h for the point r before s; below 0. Only with order 2, where r exists.
  double ratio_before(std::size_t s, double h) const { return (path_[s - 1].lambda - path_[s].lambda) / h; }

  /// x at path_[i + 1] from the corrected x at path_[i], where `m0` is x_0.
  at::Tensor predict(int i, const at::Tensor& m0) const {
    const auto at = static_cast<std::size_t>(i);
    const Marginal& s = path_[at];
    const Marginal& t = path_[at + 1];
    const double h = t.lambda - s.lambda;
    const double phi = std::expm1(-h);  // both h phi_1(h) and B(h), in the sign for predicting x_0
    auto d = m0;
    if (order(i) == 2) {
      // m0 + rho D_1 with D_1 = (m_r - m0) / r; rho is 1/2 by definition at order 2.
      const double weight = 0.5 / ratio_before(at, h);
      d = combine(1 - weight, m0, weight, newest_);
    }
    return combine(t.sigma / s.sigma, start_, -t.alpha * phi, d);
  }

  /// x at path_[i] anew, from where the last step started, given x_0 there (`newest_`) and here (`here`).
  at::Tensor correct(int i, const at::Tensor& here) const {
    const auto at = static_cast<std::size_t>(i - 1);
    const Marginal& s = path_[at];
    const Marginal& t = path_[at + 1];
    const double h = t.lambda - s.lambda;
    const double phi = std::expm1(-h);
    auto d = at::Tensor();
    if (order(i - 1) == 1) {
      d = combine(0.5, newest_, 0.5, here);  // rho = 1/2
    } else {
      // Two conditions R rho = b (eq. 12 of the paper): rho_1 + rho_2 = b_1, r rho_1 + rho_2 = b_2.
      const double phi_2 = phi / -h - 1;
      const double phi_3 = phi_2 / -h - 0.5;
      const double b_1 = phi_2 / phi;
      const double b_2 = 2 * phi_3 / phi;
      const double r = ratio_before(at, h);
      const double rho_1 = (b_1 - b_2) / (1 - r);
      const double rho_2 = b_1 - rho_1;
      // m0 + rho_1 (m_r - m0) / r + rho_2 (m_t - m0)
      const double weight = rho_1 / r;
      d = combine(1 - weight - rho_2, newest_, weight, older_).add_(here.mul(rho_2));
    }
    return combine(t.sigma / s.sigma, start_, -t.alpha * phi, d);
  }

  PredictionType type_;
  std::vector<Marginal> path_;
  at::Tensor start_;   // where the last predictor started
  at::Tensor newest_;  // x_0 of the step before
  at::Tensor older_;   // x_0 of the one before that
};

}  // namespace

std::unique_ptr<Sampler> make_unipc(const NoiseSchedule& schedule, int steps) {
  return std::make_unique<UniPc>(schedule, steps);
}

}  // namespace magicface::diffusion
