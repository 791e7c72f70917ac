// SPDX-License-Identifier: Apache-2.0
#include "magicface/diffusion/noise_schedule.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "magicface/core/text.hpp"
#include "names.hpp"

namespace magicface::diffusion {
namespace {

constexpr NameTable<BetaSchedule, 2> kBetaSchedules = {
    {{"linear", BetaSchedule::linear}, {"scaled_linear", BetaSchedule::scaled_linear}}};
constexpr NameTable<PredictionType, 3> kPredictionTypes = {{{"epsilon", PredictionType::epsilon},
                                                            {"v_prediction", PredictionType::v_prediction},
                                                            {"sample", PredictionType::sample}}};

constexpr NameTable<TimestepSpacing, 2> kTimestepSpacings = {
    {{"leading", TimestepSpacing::leading}, {"trailing", TimestepSpacing::trailing}}};

void validate(const NoiseScheduleConfig& config) {
  if (config.train_timesteps < 2) {
    throw UsageError("train_timesteps: expected at least 2, got " + std::to_string(config.train_timesteps) +
                     "; take the value from the checkpoint's scheduler configuration");
  }
  // Written so that NaN fails.
  if (!(config.beta_start > 0 && config.beta_start <= config.beta_end && config.beta_end < 1)) {
    throw UsageError("beta_start, beta_end: expected 0 < beta_start <= beta_end < 1, got " +
                     format_number(config.beta_start) + " and " + format_number(config.beta_end) +
                     "; take the values from the checkpoint's scheduler configuration");
  }
  if (config.steps_offset < 0 || config.steps_offset >= config.train_timesteps) {
    throw UsageError("steps_offset: expected 0 to " + std::to_string(config.train_timesteps - 1) + ", got " +
                     std::to_string(config.steps_offset) + "; Stable Diffusion 1.5 uses 1");
  }
  const bool trailing = config.timestep_spacing == TimestepSpacing::trailing;
  if (!(config.timestep_shift >= 1) || (!trailing && config.timestep_shift != 1)) {
    throw UsageError(std::string("timestep_shift: expected ") + (trailing ? "at least 1" : "1 with leading timesteps") +
                     ", got " + format_number(config.timestep_shift) + "; 1 shifts nothing");
  }
}

double beta_at(const NoiseScheduleConfig& config, int timestep) {
  const double share = static_cast<double>(timestep) / (config.train_timesteps - 1);
  if (config.beta_schedule == BetaSchedule::linear) {
    return config.beta_start + share * (config.beta_end - config.beta_start);
  }
  const double first = std::sqrt(config.beta_start);
  const double root = first + share * (std::sqrt(config.beta_end) - first);
  return root * root;
}

}  // namespace

BetaSchedule beta_schedule_from_name(std::string_view name) { return value_of("beta_schedule", name, kBetaSchedules); }

PredictionType prediction_type_from_name(std::string_view name) {
  return value_of("prediction_type", name, kPredictionTypes);
}

TimestepSpacing timestep_spacing_from_name(std::string_view name) {
  return value_of("timestep_spacing", name, kTimestepSpacings);
}

NoiseSchedule::NoiseSchedule(const NoiseScheduleConfig& config) : config_(config) {
  validate(config_);
  double alpha_cumprod = 1;
  for (int t = 0; t < config_.train_timesteps; ++t) {
    betas_.push_back(beta_at(config_, t));
    alpha_cumprod *= 1 - betas_.back();
    alphas_cumprod_.push_back(alpha_cumprod);
    sigmas_.push_back(std::sqrt((1 - alpha_cumprod) / alpha_cumprod));
  }
}

double NoiseSchedule::sigma_at(double timestep) const {
  const double t = std::clamp(timestep, 0.0, static_cast<double>(train_timesteps() - 1));
  const auto below = static_cast<std::size_t>(t);
  const double share = t - static_cast<double>(below);
  if (share == 0) return sigmas_[below];
  return sigmas_[below] + share * (sigmas_[below + 1] - sigmas_[below]);
}

}  // namespace magicface::diffusion
