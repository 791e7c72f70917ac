// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

#include "magicface/app/edit_job.hpp"

namespace magicface::app {

/// `magicface check`: compares a run with a stored one (docs/evaluation.md).
struct CheckOptions {
  std::filesystem::path run;                        ///< records, or the folder that holds them; not with `again`
  std::filesystem::path baseline;                   ///< a folder that `update` wrote, or another run
  std::optional<std::filesystem::path> tolerances;  ///< JSON; unset: everything exact
  bool again = false;                               ///< the run is the stored one, made again from its records
  std::optional<std::filesystem::path> out;         ///< where `again` makes it, new or empty; unset: a temporary folder
  bool figures = false;                             ///< evaluate the run, too, and compare with the stored figures
  bool update = false;                              ///< accept: the baseline becomes the run
  bool json = false;                                ///< one JSON object per drift instead of a line
  bool progress = false;                            ///< draw a progress line on stderr
  std::optional<std::string> bundle;                ///< of the evaluation, and of `again` (unset: as recorded)
  pipeline::ComputeOptions compute;
};

/// `failed` counts drifts, each one a line on `out` that says what, where and how much; `made` counts items that were
/// compared.
/// @throws NoInputError without records, UsageError for wrong tolerances and flags that don't go together.
JobResult run_check(const CheckOptions& options, std::ostream& out);

}  // namespace magicface::app
