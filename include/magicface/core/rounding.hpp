// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

namespace magicface {

/// To so many decimals, for what people and records read: 0.1 + 0.2 is 0.3.
inline double rounded(double value, int decimals) {
  const double power = std::pow(10, decimals);
  return std::round(value * power) / power;
}

}  // namespace magicface
