// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "magicface/app/edit_job.hpp"
#include "magicface/models/manifest.hpp"
#include "work_item.hpp"

namespace magicface::app {

/// A file that an edit left behind.
struct MadeFile {
  std::filesystem::path path;
  std::string sha256;
  std::size_t bytes = 0;
};

/// The edits that were sampled together: what a batch holds decides the rounding of each (docs/architecture.md).
struct SampledBatch {
  std::vector<pipeline::Edit> edits;
};

/// What is known of one edit when it ended.
struct EditOutcome {
  std::shared_ptr<const WorkItem> item;  ///< null in a test
  std::size_t edit = 0;                  ///< its place in `item`
  std::filesystem::path input, output;   ///< no output: a job file's broken line
  std::vector<double> variation;
  std::uint64_t seed = 0;
  std::optional<std::string> error;
  bool skipped = false;
  std::optional<std::vector<double>> au_before, au_after;
  double seconds = 0;                    ///< sampling
  std::vector<std::pair<std::string, double>> stages;  ///< seconds by stage, this edit's share of what edits share
  std::string input_sha256;
  std::shared_ptr<const SampledBatch> batch;
  std::size_t batch_place = 0;           ///< from 0
  std::vector<MadeFile> files;
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
std::string parameters_text(const EditOptions& options, const models::Manifest& manifest, const EditRequest& edit,
                            int width, int height);

}  // namespace magicface::app
