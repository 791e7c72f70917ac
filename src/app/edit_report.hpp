// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "magicface/app/edit_job.hpp"
#include "magicface/models/manifest.hpp"

namespace magicface::app {

/// What is known of one edit when it ended.
struct EditOutcome {
  std::filesystem::path input, output;
  std::size_t face = 1;        ///< from left to right, from 1
  bool shares_output = false;  ///< another face's outcome follows that names the same output
  bool skipped = false;        ///< a face of several that was left out; `error` says why
  std::vector<double> variation;
  std::optional<std::string> error;
  std::optional<std::vector<double>> au_before, au_after;
  double seconds = 0;
  std::map<std::string, double> stages;  ///< seconds of the face's read, detect and prepare, and of this edit's sample
  std::vector<std::string> warnings;
};

/// Writes outcomes to stdout as paths or JSON objects (docs/cli.md), failures to the log, and counts both.
class EditReport {
 public:
  EditReport(const EditOptions& options, const models::Manifest& manifest, std::ostream& out)
      : options_(options), manifest_(manifest), out_(out) {}
  void add(const EditOutcome& outcome);
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
                            int width, int height);

}  // namespace magicface::app
