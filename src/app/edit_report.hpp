// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <iosfwd>
#include <memory>
#include <opencv2/core/mat.hpp>
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
  struct Row {
    std::vector<double> variation;
    std::uint64_t seed = 0;
    std::shared_ptr<const WorkItem> item;
    std::size_t edit = 0;  ///< its place in `item`
    std::string input_sha256;
  };
  std::vector<Row> rows;
};

/// The pictures of an edit, for sheets; shared with the engine's, never changed.
struct Shown {
  cv::Mat before, after;  ///< CV_8UC3
  cv::Rect face;          ///< the part to look at; empty: everything
  std::string caption{};
};

/// What is known of one edit when it ended.
struct EditOutcome {
  std::shared_ptr<const WorkItem> item;  ///< null in a test
  std::size_t edit = 0;                  ///< its place in `item`
  std::size_t face = 1;                  ///< from 1, from left to right
  std::filesystem::path input, output;   ///< no output: a job file's broken line
  std::vector<double> variation;
  std::uint64_t seed = 0;
  std::optional<std::string> error;
  bool skipped = false;  ///< made already; among `other_faces`: left out, and `error` says why
  std::optional<std::vector<double>> au_before, au_after;
  double seconds = 0;                                  ///< sampling
  std::vector<std::pair<std::string, double>> stages;  ///< seconds by stage, this edit's share of what edits share
  std::string input_sha256;
  std::shared_ptr<const SampledBatch> batch;
  std::size_t batch_place = 0;  ///< from 0
  std::vector<MadeFile> files;
  std::vector<std::string> warnings;
  std::optional<Shown> shown;            ///< when sheets are asked for, and the edit was made
  std::vector<EditOutcome> other_faces;  ///< of the same picture and edit, without a picture of their own
  std::optional<std::filesystem::path> comparison;
};

/// Writes outcomes to stdout as paths or JSON objects (docs/cli.md), failures to the log, and counts both.
class EditReport {
 public:
  EditReport(const EditOptions& options, const models::Manifest& manifest, std::ostream& out)
      : options_(options), manifest_(manifest), out_(out) {}
  void add(const EditOutcome& outcome);
  /// A sheet or an animation was written: its path goes to stdout (without --json).
  void add_file(const std::filesystem::path& file);
  /// A sheet, an animation or a comparison couldn't be written; counts as failed.
  void add_failure(const std::string& error);
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
