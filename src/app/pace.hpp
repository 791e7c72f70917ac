// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace magicface::app {

/// "40 s", "12 min", "2 h 5 min", rounded up.
std::string duration_text(double seconds);

/// "3.1 a minute, 2 h 5 min left": rate and time left after `done` of `total` in `seconds`; empty before the first.
std::string pace_text(std::size_t done, std::size_t total, double seconds);

}  // namespace magicface::app
