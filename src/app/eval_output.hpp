// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "eval_measure.hpp"

namespace magicface::app {

/// Everything that an evaluation says, whatever the format.
struct Evaluation {
  std::vector<EvalScores> methods;
  std::vector<std::string> units;     ///< the bundle's action units
  nlohmann::ordered_json estimators;  ///< FaceReader::provenance
  measure::BootstrapOptions bootstrap;
  std::string axis = "Method";  ///< what the methods' names are
};

/// The paper's tables side by side, with intervals, problems and estimators.
std::string evaluation_text(const Evaluation& evaluation);
std::string evaluation_markdown(const Evaluation& evaluation);
std::string evaluation_latex(const Evaluation& evaluation);
/// method,figure,value,low,high,sources: a row for every figure, those of single action units too.
std::string evaluation_csv(const Evaluation& evaluation);
/// With the figures of every pair (docs/evaluation.md).
nlohmann::ordered_json evaluation_json(const Evaluation& evaluation);

/// By the extension: .txt, .md, .tex, .csv, .json, .svg, .png.
enum class EvalFormat { text, markdown, latex, csv, json, svg, png };
/// @throws UsageError for another extension.
EvalFormat eval_format_of(const std::filesystem::path& file);
std::vector<std::uint8_t> evaluation_bytes(const Evaluation& evaluation, EvalFormat format);

}  // namespace magicface::app
