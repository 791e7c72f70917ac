// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "edit_report.hpp"
#include "magicface/models/bundle.hpp"
#include "record_file.hpp"
#include "resume.hpp"
#include "work_item.hpp"

namespace magicface::app {

/// Says what a record says of an edit (docs/records.md). The one place that knows which options make a picture what it
/// is.
class ItemRecorder {
 public:
  ItemRecorder(const EditOptions& options, const models::Bundle& bundle);

  /// The `run` line.
  RecordJson run(const Shard& shard, const std::optional<std::size_t>& total, const std::string& fingerprint) const;
  /// The `item` line.
  RecordJson item(const EditOutcome& outcome) const;
  /// What a made picture says of itself, so that it can be made again without its record file: no path and no other
  /// picture.
  RecordJson portable(const EditOutcome& outcome) const;
  /// What an edit would be made from now; compared with what was recorded.
  Provenance provenance(const WorkItem& item, std::size_t edit, const std::string& input_sha256) const;

 private:
  RecordJson parameters(const WorkItem& item, std::size_t edit) const;
  static RecordJson input(const std::filesystem::path& path, const std::string& sha256);
  /// `condition_` or `mask_` as it is for an input, which has a file of its own where a folder was named.
  static RecordJson of_input(const char* flag, const RecordJson& named, const std::filesystem::path& input);
  bool edits_all_faces(const WorkItem& item) const;
  RecordJson target(const face::AuRequest& asked) const;
  RecordJson batch(const EditOutcome& outcome) const;
  RecordJson face(const EditOutcome& outcome) const;
  RecordJson asked(const EditRequest& request) const;
  RecordJson action_units(const std::vector<double>& variation) const;
  RecordJson bundle() const;

  const EditOptions& options_;
  const models::Manifest& manifest_;
  std::string bundle_name_, bundle_path_, bundle_sha256_;
  pipeline::ComputeOptions compute_;
  RecordJson condition_;
  RecordJson mask_;
  std::map<std::filesystem::path, std::string> reference_sha256_;  ///< of the portraits of --like
};

}  // namespace magicface::app
