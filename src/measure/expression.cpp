// SPDX-License-Identifier: Apache-2.0
#include "magicface/measure/expression.hpp"

#include <cmath>
#include <numbers>

#include "magicface/core/error.hpp"

namespace magicface::measure {
namespace {

void expect_equal_length(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() == b.size()) return;
  throw UsageError("expected vectors of one length, got " + std::to_string(a.size()) + " and " +
                   std::to_string(b.size()));
}

}  // namespace

std::vector<double> squared_errors(const std::vector<double>& after, const std::vector<double>& intended) {
  expect_equal_length(after, intended);
  std::vector<double> errors(after.size());
  for (std::size_t i = 0; i < after.size(); ++i) errors[i] = (after[i] - intended[i]) * (after[i] - intended[i]);
  return errors;
}

Share right_directions(const std::vector<double>& before, const std::vector<double>& after,
                       const std::vector<double>& intended) {
  expect_equal_length(before, after);
  expect_equal_length(before, intended);
  Share share;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const double meant = intended[i] - before[i];
    if (std::abs(meant) < kLeastMove) continue;
    share += {meant * (after[i] - before[i]) > 0 ? 1.0 : 0.0, 1};
  }
  return share;
}

Share untouched_change(const std::vector<double>& before, const std::vector<double>& after,
                       const std::vector<double>& variation) {
  expect_equal_length(before, after);
  expect_equal_length(before, variation);
  Share share;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (variation[i] == 0) share += {std::abs(after[i] - before[i]), 1};
  }
  return share;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  expect_equal_length(a, b);
  double square = 0;
  for (std::size_t i = 0; i < a.size(); ++i) square += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(square);
}

double mean_square_angle(const std::array<double, 3>& a, const std::array<double, 3>& b) {
  double square = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double turn = std::remainder(a[i] - b[i], 2 * std::numbers::pi);
    square += turn * turn;
  }
  return square / static_cast<double>(a.size());
}

}  // namespace magicface::measure
