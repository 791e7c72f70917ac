// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <vector>

#include "magicface/app/edit_job.hpp"
#include "magicface/models/manifest.hpp"

namespace magicface::app {

/// The pictures of an edit, for sheets; shared with the engine's, never changed.
struct Shown {
  cv::Mat before, after;  ///< CV_8UC3
  cv::Rect face;          ///< the part to look at; empty: everything
};

/// What is known of one edit when it ended.
struct EditOutcome {
  std::filesystem::path input, output;
  std::size_t edit = 0;            ///< its place among those of its input
  std::size_t face = 1;            ///< from 1, from left to right
  std::string label;               ///< {edit} of the output's name
  std::uint64_t seed = 0;
  std::vector<double> variation;
  std::vector<std::optional<double>> target;  ///< intensities asked for
  std::optional<std::string> error;
  std::optional<std::vector<double>> au_before, au_after;
  double seconds = 0;
  std::vector<std::string> warnings;
  std::optional<Shown> shown;      ///< nothing for a failed edit
  std::optional<std::filesystem::path> comparison;
};

/// Writes outcomes to stdout as paths or JSON objects (docs/cli.md), failures to the log, and counts both.
class EditReport {
 public:
  EditReport(const EditOptions& options, const models::Manifest& manifest, std::ostream& out)
      : options_(options), manifest_(manifest), out_(out) {}
  void add(const EditOutcome& outcome);
  /// Runs what may write one more file: its path goes to stdout (without --json), its failure counts.
  void add_file(const std::function<std::optional<std::filesystem::path>()>& write);
  const JobResult& result() const { return result_; }

 private:
  std::string json_of(const EditOutcome& outcome) const;

  const EditOptions& options_;
  const models::Manifest& manifest_;
  std::ostream& out_;
  JobResult result_;
};

/// The text that PNG carries as `parameters`, in the spelling that image tools read.
std::string parameters_text(const EditOptions& options, const models::Manifest& manifest, const std::string& edit,
                            std::uint64_t seed, int width, int height);

}  // namespace magicface::app
