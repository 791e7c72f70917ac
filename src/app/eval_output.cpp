// SPDX-License-Identifier: Apache-2.0
#include "eval_output.hpp"

#include "eval_plot.hpp"
#include "magicface/core/csv.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/rounding.hpp"
#include "magicface/core/text.hpp"
#include "table.hpp"
#include "version.hpp"

namespace magicface::app {
namespace {

using Json = nlohmann::ordered_json;

std::string cell(const EvalScores& scores, const std::string& key, bool interval) {
  const auto found = scores.summary.find(key);
  if (found == scores.summary.end()) return "-";
  const auto& [value, low, high, groups] = found->second;
  const int decimals = figure_info(key).decimals;
  if (!interval || groups < 2) return format_fixed(value, decimals);
  return format_fixed(value, decimals) + " [" + format_fixed(low, decimals) + ", " + format_fixed(high, decimals) + "]";
}

/// The paper's Table I: the error of each action unit, and the mean.
Table unit_table(const Evaluation& evaluation) {
  Table table{"AU MSE of each action unit (lower is better)", {evaluation.axis}, {}};
  table.header.insert(table.header.end(), evaluation.units.begin(), evaluation.units.end());
  table.header.emplace_back("Mean");
  for (const auto& scores : evaluation.methods) {
    std::vector<std::string> row{scores.method.name};
    for (const auto& unit : evaluation.units) row.push_back(cell(scores, unit_key(unit), false));
    row.push_back(cell(scores, "au_mse", false));
    table.rows.push_back(std::move(row));
  }
  return table;
}

bool any_has(const Evaluation& evaluation, const char* key) {
  for (const auto& scores : evaluation.methods) {
    if (scores.summary.contains(key)) return true;
  }
  return false;
}

/// The paper's Table II, and what we add; columns that no method has are left out.
Table figure_table(const Evaluation& evaluation) {
  const auto percent = format_number(rounded(evaluation.bootstrap.confidence * 100, 6));
  Table table{"Figures with " + percent + "% intervals (↓: lower is better, ↑: higher)", {evaluation.axis}, {}};
  for (const auto& info : figure_infos()) {
    if (any_has(evaluation, info.key))
      table.header.push_back(std::string(info.title) + (info.lower_is_better ? " ↓" : " ↑"));
  }
  table.header.emplace_back("Pairs");
  table.header.emplace_back("Problems");
  for (const auto& scores : evaluation.methods) {
    std::vector<std::string> row{scores.method.name};
    for (const auto& info : figure_infos()) {
      if (any_has(evaluation, info.key)) row.push_back(cell(scores, info.key, true));
    }
    row.push_back(std::to_string(scores.method.pairs.size()));
    row.push_back(std::to_string(scores.problems()));
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string estimators_line(const Evaluation& evaluation) {
  std::vector<std::string> parts;
  for (const auto& [what, name] : evaluation.estimators.items()) {
    parts.push_back(what + ": " + (name.is_string() ? name.get<std::string>() : std::string("none")));
  }
  return "Estimators: " + join(parts, "; ");
}

Json by_name(const std::vector<std::string>& names, const std::optional<std::vector<double>>& values) {
  if (!values) return nullptr;
  Json object = Json::object();
  for (std::size_t i = 0; i < names.size(); ++i) object[names[i]] = (*values)[i];
  return object;
}

Json pair_json(const Evaluation& evaluation, const EvalPair& pair, const PairFigures& figures) {
  Json line{{"name", pair.name}, {"source", pair.source.string()}, {"edited", pair.edited.string()}};
  line["au"] = Json::object();
  for (std::size_t i = 0; i < pair.variation.size(); ++i) {
    if (pair.variation[i] != 0) line["au"][evaluation.units[i]] = pair.variation[i];
  }
  line["figures"] = Json::object();
  for (const auto& info : figure_infos()) {
    if (const auto value = figures.value(info.key)) line["figures"][info.key] = *value;
  }
  line["au_before"] = by_name(evaluation.units, figures.au_before);
  line["au_after"] = by_name(evaluation.units, figures.au_after);
  line["au_intended"] = by_name(evaluation.units, figures.au_intended);
  line["problems"] = figures.problems;
  return line;
}

std::string dumped(const Json& json) { return json.dump(1, ' ', false, Json::error_handler_t::replace) + '\n'; }

}  // namespace

std::string evaluation_text(const Evaluation& evaluation) {
  return as_text(unit_table(evaluation)) + '\n' + as_text(figure_table(evaluation)) + '\n' +
         estimators_line(evaluation) + '\n';
}

std::string evaluation_markdown(const Evaluation& evaluation) {
  return as_markdown(unit_table(evaluation)) + '\n' + as_markdown(figure_table(evaluation)) + '\n' +
         estimators_line(evaluation) + '\n';
}

std::string evaluation_latex(const Evaluation& evaluation) {
  return "% " + estimators_line(evaluation) + '\n' + as_latex(unit_table(evaluation)) +
         as_latex(figure_table(evaluation));
}

std::string evaluation_csv(const Evaluation& evaluation) {
  std::string text = "method,figure,value,low,high,sources\n";
  for (const auto& scores : evaluation.methods) {
    for (const auto& [key, estimate] : scores.summary) {
      text += format_csv_row({scores.method.name, key, format_number(estimate.value), format_number(estimate.low),
                              format_number(estimate.high), std::to_string(estimate.groups)}) +
              '\n';
    }
  }
  return text;
}

Json evaluation_json(const Evaluation& evaluation) {
  Json json{{"schema", 1}, {"version", kVersion}, {"estimators", evaluation.estimators}};
  json["bootstrap"] = {{"over", "sources"},
                       {"draws", evaluation.bootstrap.draws},
                       {"confidence", evaluation.bootstrap.confidence},
                       {"seed", evaluation.bootstrap.seed}};
  json["folder"] = std::filesystem::current_path().string();  // where relative paths start, as in records
  json["axis"] = evaluation.axis;
  json["methods"] = Json::array();
  for (const auto& scores : evaluation.methods) {
    Json method{{"name", scores.method.name},
                {"file", scores.method.file.string()},
                {"pairs", scores.method.pairs.size()},
                {"problems", scores.problems()}};
    method["figures"] = Json::object();
    for (const auto& [key, estimate] : scores.summary) {
      method["figures"][key] = {
          {"value", estimate.value}, {"low", estimate.low}, {"high", estimate.high}, {"sources", estimate.groups}};
    }
    method["items"] = Json::array();
    for (std::size_t i = 0; i < scores.figures.size(); ++i) {
      method["items"].push_back(pair_json(evaluation, scores.method.pairs[i], scores.figures[i]));
    }
    json["methods"].push_back(std::move(method));
  }
  return json;
}

EvalFormat eval_format_of(const std::filesystem::path& file) {
  static const std::vector<std::string> kExtensions{".txt", ".md", ".tex", ".csv", ".json", ".svg", ".png"};
  const auto extension = file.extension().string();
  for (std::size_t i = 0; i < kExtensions.size(); ++i) {
    if (extension == kExtensions[i]) return static_cast<EvalFormat>(i);
  }
  throw UsageError("--out " + file.string() + ": expected a name in " + join(kExtensions, ", "));
}

std::vector<std::uint8_t> evaluation_bytes(const Evaluation& evaluation, EvalFormat format) {
  std::string text;
  switch (format) {
    case EvalFormat::text:
      text = evaluation_text(evaluation);
      break;
    case EvalFormat::markdown:
      text = evaluation_markdown(evaluation);
      break;
    case EvalFormat::latex:
      text = evaluation_latex(evaluation);
      break;
    case EvalFormat::csv:
      text = evaluation_csv(evaluation);
      break;
    case EvalFormat::json:
      text = dumped(evaluation_json(evaluation));
      break;
    case EvalFormat::svg:
      text = chart_svg(evaluation_chart(evaluation));
      break;
    case EvalFormat::png:
      return chart_png(evaluation_chart(evaluation));
  }
  return {text.begin(), text.end()};
}

}  // namespace magicface::app
