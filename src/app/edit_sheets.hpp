// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "edit_plan.hpp"
#include "edit_report.hpp"
#include "magicface/image/sheet.hpp"
#include "record_file.hpp"
#include "resume.hpp"

namespace magicface::app {

/// The pictures for people that --grid, --compare and --sweep-video ask for, made from the outcomes as they come.
class EditSheets {
 public:
  /// Checks formats and sizes against the plan, before a model is loaded. @throws UsageError
  EditSheets(const EditOptions& options, const models::AuSection& au, const EditPlan& plan, EditReport& report,
             const RecordedOutputs& recorded);

  /// @throws ItemError for a file that exists and that this run may not replace
  void check_existing() const;
  /// Where files are named before they appear.
  void record_in(RecordFile& records) { records_ = &records; }

  /// Takes a written edit into the sheet and the animation, and writes its comparison. One that an earlier run made is
  /// read from the disk; a failed one leaves a gap. Edits of an item follow each other; with the next item, the
  /// animation of the last is written.
  void add(EditOutcome& outcome);
  /// Writes the last animation and the sheet. What can't be written is reported and counts as failed.
  void finish();

 private:
  void compare(EditOutcome& outcome);
  void write_video();
  void write(const std::filesystem::path& file, const std::vector<std::uint8_t>& bytes);
  std::optional<Shown> made_before(const EditOutcome& outcome) const;
  std::string caption_of(const EditOutcome& outcome) const;
  std::vector<image::SheetCell>& row_of(const EditOutcome& outcome);
  void check_video(const EditPlan& plan) const;
  bool may_write(const std::filesystem::path& file) const;

  const EditOptions& options_;
  EditReport& report_;
  const RecordedOutputs& recorded_;
  RecordFile* records_ = nullptr;
  face::AuVocabulary vocabulary_;
  bool many_inputs_ = false;
  std::size_t columns_ = 0;                                    ///< edits of an input, and the original
  int side_ = 0;                                               ///< of the sheet's cells
  std::vector<std::filesystem::path> files_;                   ///< the sheet and all animations
  std::map<std::size_t, std::vector<image::SheetCell>> rows_;  ///< by the item's first number
  std::shared_ptr<const WorkItem> item_;                       ///< at hand
  std::size_t number_ = 1;                                     ///< of the last edit
  std::map<std::size_t, cv::Mat> frames_;                      ///< of the item, by edit
};

}  // namespace magicface::app
