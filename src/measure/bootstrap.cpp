// SPDX-License-Identifier: Apache-2.0
#include "magicface/measure/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"

namespace magicface::measure {
namespace {

double value_of(const Share& total, Figure figure) {
  const double mean = total.sum / total.count;
  return figure == Figure::root_mean ? std::sqrt(mean) : mean;
}

/// Between the neighbours of the place (n - 1) q, as NumPy does.
double quantile(const std::vector<double>& sorted, double q) {
  const double place = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

void check(const BootstrapOptions& options) {
  if (options.draws < 1) throw UsageError("--draws: expected 1 or more, got " + std::to_string(options.draws));
  if (!(options.confidence > 0 && options.confidence < 1)) {
    throw UsageError("--confidence: expected a number between 0 and 1, such as 0.95, got " +
                     format_number(options.confidence));
  }
}

}  // namespace

Share& Share::operator+=(const Share& other) {
  sum += other.sum;
  count += other.count;
  return *this;
}

Estimate bootstrap(const std::vector<Share>& all, Figure figure, const BootstrapOptions& options) {
  check(options);
  std::vector<Share> groups;
  std::copy_if(all.begin(), all.end(), std::back_inserter(groups), [](const Share& group) { return group.count > 0; });
  if (groups.empty()) throw UsageError("a figure needs at least one observation");
  // The order of the input must not decide which groups a draw takes.
  std::sort(groups.begin(), groups.end(),
            [](const Share& a, const Share& b) { return std::pair(a.sum, a.count) < std::pair(b.sum, b.count); });
  const auto total = std::accumulate(groups.begin(), groups.end(), Share{},
                                     [](Share sum, const Share& group) { return sum += group; });
  Estimate estimate{value_of(total, figure), 0, 0, groups.size()};
  // The engine's numbers are fixed by the standard; its distributions are not.
  std::mt19937_64 random(options.seed);
  std::vector<double> values(static_cast<std::size_t>(options.draws));
  for (auto& value : values) {
    Share drawn;
    for (std::size_t i = 0; i < groups.size(); ++i) drawn += groups[random() % groups.size()];
    value = value_of(drawn, figure);
  }
  std::sort(values.begin(), values.end());
  const double tail = (1 - options.confidence) / 2;
  estimate.low = quantile(values, tail);
  estimate.high = quantile(values, 1 - tail);
  return estimate;
}

}  // namespace magicface::measure
