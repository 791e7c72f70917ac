// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <string>

#include "magicface/app/edit_job.hpp"

namespace magicface::cli {

/// Words as they are typed, until they are checked.
struct ExpressionWords {
  std::string au_file_as;
  std::string keep = "all";
};

/// The flags of `edit` that say what to edit in other ways than --au, and with which seeds.
void add_expression_flags(CLI::App& command, app::EditOptions& options, ExpressionWords& words);
/// The flags for sheets, comparisons and animations.
void add_sheet_flags(CLI::App& command, app::SheetOptions& sheets);
/// @throws UsageError
void apply_expression_words(const ExpressionWords& words, app::EditOptions& options);

}  // namespace magicface::cli
