// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace magicface::measure {

/// What one group of observations (all edits of one portrait) adds to a mean: mean = sum of sums / sum of counts.
struct Share {
  double sum = 0;
  double count = 0;

  Share& operator+=(const Share& other);
};

/// How a figure follows from its mean.
enum class Figure {
  mean,
  root_mean,  ///< of squared errors: RMSE
};

struct BootstrapOptions {
  int draws = 1000;          ///< 1 or more
  double confidence = 0.95;  ///< in (0, 1)
  std::uint64_t seed = 0;    ///< equal seeds give equal intervals on every machine
};

/// A figure with its percentile bootstrap interval.
struct Estimate {
  double value = 0;
  double low = 0, high = 0;
  std::size_t groups = 0;  ///< that were drawn from; with one group the interval is the value itself
};

/// Groups are drawn with replacement, whole: edits of one portrait resemble each other, and drawing them one by one
/// would make the interval too narrow. Quantiles are interpolated linearly.
/// @param groups at least one with a positive count. @throws UsageError for options out of range or no observation.
Estimate bootstrap(const std::vector<Share>& groups, Figure figure, const BootstrapOptions& options = {});

}  // namespace magicface::measure
