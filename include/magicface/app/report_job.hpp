// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <vector>

#include "magicface/app/edit_job.hpp"

namespace magicface::app {

/// `magicface report`: runs as one HTML page that needs nothing else (docs/evaluation.md).
struct ReportOptions {
  std::vector<std::filesystem::path> runs;  ///< records, or folders that hold them
  std::filesystem::path out = "report.html";
  std::optional<std::filesystem::path> figures;  ///< of `eval --json` about these runs
  int size = 320;                                ///< long side of the pictures in pixels, 64 to 2048
  int quality = 80;                              ///< of their WebP, 1 to 100
  bool overwrite = false;
  bool progress = false;  ///< draw a progress line on stderr
};

/// Prints the path. `failed` counts items whose picture can't be read any more; they are in the page, too, and in the
/// log. Items that failed in the run are shown and don't count. @throws NoInputError, UsageError, Cancelled
JobResult run_report(const ReportOptions& options, std::ostream& out);

}  // namespace magicface::app
