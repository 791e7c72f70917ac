// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace magicface::app {

/// How far a run may be from the stored one. What isn't set isn't checked.
struct Tolerances {
  std::set<std::string> ignore;             ///< names of parameters, or input, bundle
  std::optional<int> max_difference = 0;    ///< of a pixel's channel, 0 to 255
  std::optional<double> min_ssim;           ///< 0 to 1
  std::optional<double> au_change = 0.001;  ///< of an intensity; records have three decimals
  std::map<std::string, double> figures;    ///< by the figure's key; one of a single action unit has that of all
  /// For figures without one of their own: only what rounding does.
  static constexpr double kExact = 1e-9;
};

/// Reads {"ignore": ["bundle"], "pixels": {"max_difference": 2, "min_ssim": 0.99}, "au_change": 0.05, "figures":
/// {"au_mse": 0.01}}. With "pixels", what it doesn't name isn't checked; null switches a check off.
/// @throws NoInputError, UsageError naming the field, expected and actual.
Tolerances read_tolerances(const std::filesystem::path& file);

}  // namespace magicface::app
