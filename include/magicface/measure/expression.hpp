// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "magicface/measure/bootstrap.hpp"

/// How well an edit did what it was asked for, by the readings of estimators (docs/evaluation.md). Intensities are 0 to
/// 5, all vectors in one order of action units.
namespace magicface::measure {

/// (after - intended)^2 of each action unit.
std::vector<double> squared_errors(const std::vector<double>& after, const std::vector<double>& intended);

/// An action unit that was meant to move by less can't be told from the estimator's noise.
inline constexpr double kLeastMove = 0.5;

/// Of the action units that were meant to move by at least kLeastMove (count), how many moved that way (sum).
Share right_directions(const std::vector<double>& before, const std::vector<double>& after,
                       const std::vector<double>& intended);

/// |after - before| of the action units whose variation is 0.
Share untouched_change(const std::vector<double>& before, const std::vector<double>& after,
                       const std::vector<double>& variation);

/// Euclidean distance. @throws UsageError when the vectors differ in length.
double distance(const std::vector<double>& a, const std::vector<double>& b);

/// Mean squared difference of three angles in radians, each taken the short way around.
double mean_square_angle(const std::array<double, 3>& a, const std::array<double, 3>& b);

}  // namespace magicface::measure
