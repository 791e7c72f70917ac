// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "eval_figures.hpp"
#include "eval_inputs.hpp"
#include "face_reader.hpp"

namespace magicface::app {

/// A method with what was measured; `figures[i]` belongs to `pairs[i]`.
struct EvalScores {
  EvalMethod method;
  std::vector<PairFigures> figures;
  std::map<std::string, measure::Estimate> summary;  ///< by the figure's key; absent: nothing could be measured

  std::size_t problems() const;  ///< pairs with at least one
};

/// Called before each pair, with its number from 0.
using OnPair = std::function<void(std::size_t done)>;

/// Measures the pairs, source by source, so that each source is read once and one is in memory. What can't be measured
/// about a pair becomes its problem. @throws Cancelled, BundleError, UsageError
EvalScores measure_method(EvalMethod method, FaceReader& reader, const std::vector<std::string>& units,
                          const OnPair& on_pair);

/// Means over pairs with bootstrap intervals over sources.
void summarise(EvalScores& scores, const measure::BootstrapOptions& options);

}  // namespace magicface::app
