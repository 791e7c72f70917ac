// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chart.hpp"
#include "eval_output.hpp"

namespace magicface::app {

/// A panel for each figure with its intervals: bars of the methods, or, when all methods are named by numbers (the
/// values of a sweep, such as guidance 1, 1.5, 2), a curve over them.
Chart evaluation_chart(const Evaluation& evaluation);

}  // namespace magicface::app
