// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "check_tolerances.hpp"
#include "recorded_run.hpp"

namespace magicface::app {

/// One thing that isn't as it was.
struct Drift {
  std::string where;  ///< an output's name, or "figures"
  std::string what;   ///< "pixels", "seed", "AU4", "au_mse"
  std::string how;    ///< stored and now: "expected 424, got 7"
};

/// Compares items by their keys: missing and new ones, status, input, bundle, parameters, AU change, pixels.
std::vector<Drift> compare_runs(const RecordedRun& stored, const RecordedRun& now, const Tolerances& tolerances);

/// Compares two evaluations (`eval --json`), each of one method: how many pairs could be measured, who measured, and
/// the figures.
std::vector<Drift> compare_figures(const nlohmann::ordered_json& stored, const nlohmann::ordered_json& now,
                                   const Tolerances& tolerances);

}  // namespace magicface::app
