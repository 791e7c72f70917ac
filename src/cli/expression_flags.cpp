// SPDX-License-Identifier: Apache-2.0
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "expression_flags.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"
#include "magicface/face/presets.hpp"

namespace magicface::cli {
namespace {

/// A word of two; the empty one stands for a flag that wasn't given.
bool second_of(const std::string& flag, const std::string& word, const std::string& first, const std::string& second) {
  if (word != first && word != second)
    throw UsageError(flag + ": expected " + first + " or " + second + ", got '" + word + "'");
  return word == second;
}

}  // namespace

void add_expression_flags(CLI::App& command, app::EditOptions& options, ExpressionWords& words) {
  auto& wanted = options.expressions;
  const auto names = join(face::preset_names(), " ");
  command.add_option("--target", wanted.targets, "an edit to intensities, 0 to 5: AU12=3; repeatable")
      ->type_name("AUS")
      ->allow_extra_args(false);
  command.add_option("--preset", wanted.presets, "expression: " + names)->type_name("NAME")->allow_extra_args(false);
  command.add_option("--intensity", wanted.intensity, "of the presets, 0 to 1")->type_name("X");
  command.add_option("--like", wanted.like, "an edit to the expression of another portrait")
      ->type_name("PICTURE")
      ->allow_extra_args(false);
  command.add_option("--like-strength", wanted.like_strength, "share of the way, 0 to 2; default 1")->type_name("X");
  command.add_flag("--neutralise,--neutralize", wanted.neutralise, "an edit that takes every action unit to 0");
  command.add_option("--au-file", wanted.au_files, "CSV in OpenFace's or LibreFace's columns: every row an edit")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command.add_option("--au-file-as", words.au_file_as, "its values: target (intensities) or variation")
      ->type_name("WORD");
  command.add_option("--seeds", options.seeds.seeds, "an output for each: 1,2,3")
      ->type_name("LIST")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_option("--keep", words.keep, "of the seeds' pictures: all, or best (by the estimator)")
      ->type_name("WORD");
}

void add_sheet_flags(CLI::App& command, app::SheetOptions& sheets) {
  command.add_option("--grid", sheets.grid, "one sheet of all portraits and edits")->type_name("FILE");
  command.add_flag("--compare", sheets.compare, "before | after beside each output: NAME_compare");
  command.add_option("--sweep-video", sheets.sweep_video, "the edits as an animation: .gif, .webp or .mp4")
      ->type_name("FILE");
  command.add_option("--frame-ms", sheets.frame_ms, "time of a frame of it, 20 to 10000")->type_name("N");
}

void apply_expression_words(const ExpressionWords& words, app::EditOptions& options) {
  if (!words.au_file_as.empty()) {
    const bool variation = second_of("--au-file-as", words.au_file_as, "target", "variation");
    options.expressions.au_files_as = variation ? face::AuSense::variation : face::AuSense::target;
  }
  options.seeds.keep_best = second_of("--keep", words.keep, "all", "best");
}

}  // namespace magicface::cli
