// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "magicface/app/edit_job.hpp"
#include "magicface/face/au_table.hpp"

namespace magicface::app {

/// `magicface estimate`: AU intensities per face.
struct EstimateOptions {
  std::vector<std::string> inputs;
  std::optional<std::filesystem::path> out;  ///< a file that appears whole; unset: `out` as the faces come
  bool overwrite = false;                    ///< replace an existing `out`
  std::optional<face::AuColumns> columns;    ///< of the CSV, none with JSON; unset: OpenFace's
  bool json = false;       ///< one JSON object per face instead of CSV; a name in .json or .jsonl asks for it, too
  bool landmarks = false;  ///< 68 points of each face
  std::optional<std::string> bundle;
  pipeline::ComputeOptions compute;
  image::ReadLimits limits;  ///< of the inputs
};

/// A row per face, from left to right (docs/cli.md). With a file, its path is printed on `out`. When the job is
/// stopped, the file holds the faces read so far. @throws as run_edit.
JobResult run_estimate(const EstimateOptions& options, std::istream& list, std::ostream& out);

}  // namespace magicface::app
