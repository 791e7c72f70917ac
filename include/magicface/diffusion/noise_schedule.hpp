// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

/// The forward process of a diffusion model: x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) eps (Ho et al. 2020, eq. 4).
/// Free of LibTorch, so that every layer may include it.
namespace magicface::diffusion {

/// How beta_t runs from beta_start to beta_end: evenly, or evenly in its square root (Stable Diffusion).
enum class BetaSchedule { linear, scaled_linear };

/// What the network's output means: eps; v = sqrt(abar) eps - sqrt(1 - abar) x_0 (Salimans & Ho 2022, app. D); x_0.
enum class PredictionType { epsilon, v_prediction, sample };

/// Where DDIM and DDPM begin (Lin et al. 2024, arXiv 2305.08891, table 2). `leading`, Stable Diffusion's, leaves out
/// the noisiest timesteps and so tells the network of less noise than there is; `trailing` begins at the last one.
enum class TimestepSpacing { leading, trailing };

/// The schedule a checkpoint was trained with; the defaults are Stable Diffusion 1.5's.
struct NoiseScheduleConfig {
  int train_timesteps = 1000;   ///< T, at least 2
  double beta_start = 0.00085;  ///< beta of timestep 0, in (0, 1)
  double beta_end = 0.012;      ///< beta of timestep T - 1, in [beta_start, 1)
  BetaSchedule beta_schedule = BetaSchedule::scaled_linear;
  PredictionType prediction_type = PredictionType::epsilon;
  int steps_offset = 1;           ///< added to each timestep of `leading` spacing (DDIM, DDPM); 0 .. T - 1
  bool set_alpha_to_one = false;  ///< DDIM ends at abar = 1 instead of abar_0
  TimestepSpacing timestep_spacing = TimestepSpacing::leading;  ///< of DDIM and DDPM
  /// Gathers `trailing` timesteps at the noisy end: the part t of the way becomes s t / (1 + (s - 1) t) (Esser et al.
  /// 2024, arXiv 2403.03206, eq. 23). At least 1, which changes nothing; 1 with `leading`.
  double timestep_shift = 1;
};

/// "linear", "scaled_linear"; throws UsageError with the nearest spelling.
BetaSchedule beta_schedule_from_name(std::string_view name);
/// "epsilon", "v_prediction", "sample"; throws UsageError with the nearest spelling.
PredictionType prediction_type_from_name(std::string_view name);
/// "leading", "trailing"; throws UsageError with the nearest spelling.
TimestepSpacing timestep_spacing_from_name(std::string_view name);

/// Tables of the forward process over timesteps 0 .. T - 1, in double precision. Immutable.
class NoiseSchedule {
 public:
  /// Throws UsageError when a field of `config` is out of its range.
  explicit NoiseSchedule(const NoiseScheduleConfig& config);

  const NoiseScheduleConfig& config() const { return config_; }
  int train_timesteps() const { return config_.train_timesteps; }

  const std::vector<double>& betas() const { return betas_; }
  /// abar_t, the product of (1 - beta_s) for s <= t; falls from almost 1 to almost 0.
  const std::vector<double>& alphas_cumprod() const { return alphas_cumprod_; }
  /// Noise-to-signal ratios sqrt((1 - abar_t) / abar_t); rise with t.
  const std::vector<double>& sigmas() const { return sigmas_; }

  /// The ratio at a timestep that may be fractional: linear between neighbours, constant outside 0 .. T - 1.
  double sigma_at(double timestep) const;

 private:
  NoiseScheduleConfig config_;
  std::vector<double> betas_;
  std::vector<double> alphas_cumprod_;
  std::vector<double> sigmas_;
};

}  // namespace magicface::diffusion
