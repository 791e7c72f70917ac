// SPDX-License-Identifier: Apache-2.0
#include "prediction.hpp"

#include <cmath>
#include <stdexcept>

namespace magicface::diffusion {

Marginal marginal_from_alpha_cumprod(double alpha_cumprod) {
  const double alpha = std::sqrt(alpha_cumprod);
  const double sigma = std::sqrt(1 - alpha_cumprod);
  return {alpha, sigma, std::log(alpha) - std::log(sigma)};
}

Marginal marginal_from_ratio(double ratio) {
  const double alpha = 1 / std::sqrt(ratio * ratio + 1);
  return {alpha, ratio * alpha, -std::log(ratio)};
}

std::vector<Marginal> solver_path(const NoiseSchedule& schedule, const std::vector<double>& timesteps) {
  std::vector<Marginal> path;
  path.reserve(timesteps.size() + 1);
  for (const double t : timesteps) path.push_back(marginal_from_ratio(schedule.sigma_at(t)));
  path.push_back(marginal_from_ratio(schedule.sigma_at(0)));
  return path;
}

at::Tensor combine(double a, const at::Tensor& x, double b, const at::Tensor& y) { return x.mul(a).add_(y.mul(b)); }

at::Tensor predict_original(PredictionType type, const Marginal& point, const at::Tensor& output, const at::Tensor& x) {
  switch (type) {
    case PredictionType::epsilon:
      return combine(1 / point.alpha, x, -point.sigma / point.alpha, output);
    case PredictionType::v_prediction:
      return combine(point.alpha, x, -point.sigma, output);
    case PredictionType::sample:
      return output;
  }
  throw std::logic_error("predict_original: unknown prediction type");
}

at::Tensor predict_epsilon(PredictionType type, const Marginal& point, const at::Tensor& output, const at::Tensor& x) {
  switch (type) {
    case PredictionType::epsilon:
      return output;
    case PredictionType::v_prediction:
      return combine(point.sigma, x, point.alpha, output);
    case PredictionType::sample:
      return combine(1 / point.sigma, x, -point.alpha / point.sigma, output);
  }
  throw std::logic_error("predict_epsilon: unknown prediction type");
}

}  // namespace magicface::diffusion
