// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "bench_report.hpp"
#include "chart.hpp"

namespace magicface::app {

/// Time and memory against every axis on which the rows differ, with the floor drawn in: what sampling would take if
/// its arithmetic ran as fast as a large matrix product. Nothing to draw with a single row.
Chart bench_chart(const BenchReport& report);

}  // namespace magicface::app
