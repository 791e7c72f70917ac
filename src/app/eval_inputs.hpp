// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "magicface/face/action_units.hpp"

namespace magicface::app {

/// An edited picture, the picture it was made from, and what it was meant to be.
struct EvalPair {
  std::string name;  ///< for messages: "deltaedit.csv:3", "records.jsonl item 7"
  std::filesystem::path source, edited;
  face::ActionUnits variation;                 ///< in the bundle's order
  std::vector<face::ActionUnits> by_face{};    ///< of several faces each one's, from left to right; empty: `variation`
  std::optional<std::filesystem::path> mask;   ///< the face of the source; unset: the parser's
  std::optional<std::filesystem::path> truth;  ///< what the edit should look like
  std::string face = "largest";        ///< of the source, as --face spells it; all: the figures are those of all faces
  std::optional<std::string> problem;  ///< why there is nothing to measure
};

/// The edits of one method.
struct EvalMethod {
  std::string name;
  std::filesystem::path file;
  std::vector<EvalPair> pairs;
};

/// Reads `FILE` or `NAME=FILE`: records of a run (a .jsonl file, or a folder with them), or a CSV with the columns
/// `source`, `edited`, AUs of the vocabulary, and maybe `mask`, `truth`, `face`; its paths start at its folder. Without
/// NAME, it is the CSV's stem or the folder of the records.
/// @throws NoInputError, UsageError naming file and line.
EvalMethod read_eval_method(const std::string& spelled, const face::AuVocabulary& vocabulary);

/// The file with the stem of `edited` in the folder of truths.
std::optional<std::filesystem::path> find_truth(const std::filesystem::path& folder,
                                                const std::filesystem::path& edited);

}  // namespace magicface::app
