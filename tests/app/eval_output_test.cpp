// SPDX-License-Identifier: Apache-2.0
#include "eval_output.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "eval_plot.hpp"
#include "magicface/core/error.hpp"
#include "table.hpp"

namespace magicface::app {
namespace {

EvalScores scores(const std::string& name, const std::vector<double>& errors) {
  EvalScores result;
  result.method.name = name;
  for (std::size_t i = 0; i < errors.size(); ++i) {
    EvalPair pair;
    pair.source = "s" + std::to_string(i);
    pair.variation = {1};
    PairFigures figures;
    figures.shares["au_mse"] = {errors[i], 1};
    figures.shares[unit_key("AU1")] = {errors[i], 1};
    figures.shares["pose_rmse"] = {errors[i] * errors[i], 1};
    result.method.pairs.push_back(pair);
    result.figures.push_back(figures);
  }
  summarise(result, {});
  return result;
}

Evaluation evaluation(std::vector<EvalScores> methods) {
  return {std::move(methods), {"AU1"}, {{"au", "demo@1 au_estimator 0"}}, {}};
}

TEST(Summarise, MeansAndRootsOverPairs) {
  const auto summary = scores("a", {0.3, 0.4}).summary;
  EXPECT_DOUBLE_EQ(summary.at("au_mse").value, 0.35);
  EXPECT_DOUBLE_EQ(summary.at("pose_rmse").value, std::sqrt((0.09 + 0.16) / 2));
}

TEST(Summarise, EditsOfOneSourceAreOneGroup) {
  auto two = scores("a", {0.3, 0.4});
  two.method.pairs[1].source = two.method.pairs[0].source;
  summarise(two, {});
  EXPECT_EQ(two.summary.at("au_mse").groups, 1U);
  EXPECT_DOUBLE_EQ(two.summary.at("au_mse").value, 0.35);
}

TEST(Summarise, ASourceIsOneGroupHoweverItsPathIsSpelled) {
  auto two = scores("a", {0.3, 0.4});
  two.method.pairs[0].source = std::filesystem::current_path();
  two.method.pairs[1].source = ".";
  summarise(two, {});
  EXPECT_EQ(two.summary.at("au_mse").groups, 1U);
}

TEST(EvalOutput, TableNamesMethodsFiguresAndEstimators) {
  const auto text = evaluation_text(evaluation({scores("ours", {0.25}), scores("theirs", {0.5})}));
  for (const auto* part :
       {"ours", "theirs", "0.250", "0.500", "AU1", "Head pose RMSE ↓", "demo@1 au_estimator 0", "Problems"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(text.find("PSNR"), std::string::npos) << "nothing was measured";
}

TEST(EvalOutput, TheIntervalIsNamedAsItWasAskedFor) {
  auto evaluated = evaluation({scores("ours", {0.25})});
  EXPECT_NE(evaluation_text(evaluated).find(" 95% intervals"), std::string::npos);
  evaluated.bootstrap.confidence = 0.999;
  EXPECT_NE(evaluation_text(evaluated).find(" 99.9% intervals"), std::string::npos);
}

TEST(EvalOutput, CsvHasARowForEveryFigure) {
  EXPECT_EQ(
      evaluation_csv(evaluation({scores("a, b", {0.25})})),
      "method,figure,value,low,high,sources\n\"a, b\",au_mse,0.25,0.25,0.25,1\n\"a, b\",au_mse/AU1,0.25,0.25,0.25,1\n"
      "\"a, b\",pose_rmse,0.25,0.25,0.25,1\n");
}

TEST(EvalOutput, JsonHasEveryPair) {
  const auto json = evaluation_json(evaluation({scores("a", {0.25, 0.5})}));
  EXPECT_EQ(json["methods"][0]["items"][1]["figures"]["au_mse"], 0.5);
  EXPECT_EQ(json["methods"][0]["items"][1]["au"]["AU1"], 1);
  EXPECT_EQ(json["estimators"]["au"], "demo@1 au_estimator 0");
  EXPECT_EQ(json["folder"], std::filesystem::current_path().string()) << "where the paths start";
}

TEST(EvalOutput, FormatsByExtension) {
  EXPECT_EQ(eval_format_of("a/b.tex"), EvalFormat::latex);
  EXPECT_THROW(eval_format_of("b.xlsx"), UsageError);
}

TEST(EvalOutput, NumbersMakeACurveAndNamesBars) {
  const auto bars = evaluation_chart(evaluation({scores("a", {0.25}), scores("b", {0.5})}));
  const auto curve = evaluation_chart(evaluation({scores("1", {0.25}), scores("1.5", {0.5})}));
  EXPECT_GT(curve.lines.size(), bars.lines.size()) << "the curve joins its points";
  EXPECT_NE(chart_svg(curve).find(">1.5</text>"), std::string::npos);
  EXPECT_NE(chart_svg(curve).find("au: demo@1 au_estimator 0"), std::string::npos) << "who measured";
  const auto png = chart_png(curve);
  ASSERT_GT(png.size(), 1000U);
  EXPECT_EQ(png[1], 'P');
}

TEST(EvalOutput, ALongNameIsCutBetweenCharactersAndNoByteBreaksThePlot) {
  std::string accents = "x";  // odd, so that a cut at an even number of bytes falls within a character
  for (int i = 0; i < 200; ++i) accents += "é";
  const auto svg = chart_svg(evaluation_chart(evaluation({scores(accents, {0.25}), scores("\xff", {0.5})})));
  const auto name = svg.find(">xé");
  ASSERT_NE(name, std::string::npos);
  const auto kept = svg.substr(name, svg.find('<', name) - name);
  EXPECT_EQ(kept.substr(kept.size() - 4), "é..");
  EXPECT_EQ(std::count(kept.begin(), kept.end(), '\xc3'), std::count(kept.begin(), kept.end(), '\xa9'));
  EXPECT_EQ(svg.find('\xff'), std::string::npos) << "a file's name needn't be UTF-8; an SVG must";
}

TEST(EvalOutput, ACurveNamesItsAxisAndNoNumberOverAnother) {
  auto sweep = evaluation({scores("1", {0.25}), scores("1.05", {0.5}), scores("5", {0.5})});
  sweep.axis = "guidance";
  const auto svg = chart_svg(evaluation_chart(sweep));
  EXPECT_NE(svg.find(">guidance</text>"), std::string::npos);
  EXPECT_NE(svg.find(">1</text>"), std::string::npos);
  EXPECT_EQ(svg.find(">1.05</text>"), std::string::npos);
  EXPECT_NE(svg.find(">5</text>"), std::string::npos);
  EXPECT_NE(evaluation_markdown(sweep).find("| guidance |"), std::string::npos);
}

TEST(Table, RenderersEscapeWhatTheirLanguageReads) {
  const Table table{"50% of AU_1", {"Method", "x"}, {{"a|b_c & d", "↑^"}}};
  EXPECT_NE(as_latex(table).find("a|b\\_c \\& d & $\\uparrow$\\textasciicircum{} \\\\"), std::string::npos);
  const auto bracket = as_latex({"t", {"[x]", "[y]"}, {{"[a]", "1"}, {"*b", "[2]"}}});
  for (const auto* part : {"  {}[x] & [y] \\\\", "  {}[a] & 1", "  {}*b & [2]"})
    EXPECT_NE(bracket.find(part), std::string::npos) << bracket;
  EXPECT_NE(as_markdown(table).find("| a\\|b_c & d | ↑^ |"), std::string::npos);
  EXPECT_EQ(as_text(table), "50% of AU_1\nMethod      x\na|b_c & d  ↑^\n");
}

}  // namespace
}  // namespace magicface::app
