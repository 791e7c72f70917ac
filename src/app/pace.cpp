// SPDX-License-Identifier: Apache-2.0
#include "pace.hpp"

#include <cmath>

#include "magicface/core/text.hpp"

namespace magicface::app {

std::string duration_text(double seconds) {
  const auto minutes = static_cast<long>(std::ceil(seconds / 60));
  if (seconds < 60) return std::to_string(static_cast<long>(std::ceil(seconds))) + " s";
  if (minutes < 60) return std::to_string(minutes) + " min";
  return std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
}

std::string pace_text(std::size_t done, std::size_t total, double seconds) {
  if (done == 0 || total <= done || seconds <= 0) return {};
  const double rate = static_cast<double>(done) / seconds;
  return format_fixed(rate * 60, rate * 60 < 10 ? 1 : 0) + " a minute, " +
         duration_text(static_cast<double>(total - done) / rate) + " left";
}

}  // namespace magicface::app
