// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "edit_plan.hpp"
#include "edit_report.hpp"
#include "magicface/image/sheet.hpp"

namespace magicface::app {

/// The pictures for people that --grid, --compare and --sweep-video ask for, made from the outcomes as they come.
class EditSheets {
 public:
  /// Checks names and sizes against the plan, before a model is loaded.
  /// @throws UsageError; ItemError for a file that exists
  EditSheets(const EditOptions& options, const models::AuSection& au, const EditPlan& plan, EditReport& report);

  /// Takes a written edit into the sheet and the animation, and writes its comparison; one that isn't made now leaves a
  /// gap. Edits of an input follow each other; with the next input, the animation of the last is written.
  void add(EditOutcome& outcome);
  /// Writes the last animation and the sheet. What can't be written is reported and counts as failed.
  void finish();

 private:
  void compare(EditOutcome& outcome);
  void write_video();
  std::string caption_of(const EditOutcome& outcome) const;
  std::vector<image::SheetCell>& row_of(const EditOutcome& outcome);
  std::filesystem::path video_of(const std::filesystem::path& input) const;
  void check_video(const EditPlan& plan) const;
  void check_new(const std::filesystem::path& file) const;

  const EditOptions& options_;
  EditReport& report_;
  face::AuVocabulary vocabulary_;
  bool many_inputs_ = false;
  std::size_t columns_ = 0;  ///< edits of an input, and the original
  int side_ = 0;             ///< of the sheet's cells
  /// By input, in the order of the first outcome, and face.
  std::vector<std::pair<std::filesystem::path, std::size_t>> row_of_;
  std::vector<std::vector<image::SheetCell>> rows_;
  std::filesystem::path input_;            ///< at hand
  std::map<std::size_t, cv::Mat> frames_;  ///< of it, by edit
};

}  // namespace magicface::app
