// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/eval_job.hpp"

#include <algorithm>
#include <map>
#include <ostream>
#include <set>

#include "evaluate.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/hash.hpp"
#include "magicface/core/log.hpp"
#include "progress.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

/// Before a model is loaded: a table that can't be written must not cost the time of making it.
void check_targets(const EvalOptions& options) {
  for (const auto& file : options.out) {
    eval_format_of(file);
    keep_existing(file, options.overwrite);
  }
}

}  // namespace

void check_evaluation(const EvalOptions& options) {
  measure::bootstrap({{1, 1}}, measure::Figure::mean, options.bootstrap);  // checks its options
  if (options.truth && !fs::is_directory(*options.truth)) {
    throw NoInputError("--truth " + options.truth->string() + ": expected a folder of pictures, there is none");
  }
}

namespace {

std::vector<EvalMethod> read_methods(const EvalOptions& options, const face::AuVocabulary& vocabulary) {
  std::vector<EvalMethod> methods;
  std::set<std::string> names;
  for (const auto& spelled : options.methods) {
    methods.push_back(read_eval_method(spelled, vocabulary));
    auto& method = methods.back();
    if (!names.insert(method.name).second) {
      throw UsageError("two methods are named '" + method.name + "'; give them names: NAME=" + method.file.string());
    }
    for (auto& pair : method.pairs) {
      if (!options.truth || pair.truth || pair.problem) continue;
      pair.truth = find_truth(*options.truth, pair.edited);
      // Named, not left out: the figures would be those of the others.
      if (!pair.truth) pair.truth = *options.truth / pair.edited.filename();
    }
  }
  return methods;
}

/// A mask that somebody gave was not found by the bundle's parser.
void name_masks(nlohmann::ordered_json& mask, const std::vector<EvalMethod>& methods) {
  bool given = false, found = false;
  for (const auto& method : methods) {
    for (const auto& pair : method.pairs) (pair.mask ? given : found) = true;
  }
  if (!given) return;
  const std::string column = "column mask";
  mask = found && mask.is_string() ? mask.get<std::string>() + ", " + column : column;
}

using Edits = std::set<std::pair<std::string, face::ActionUnits>>;  ///< source and variation

Edits edits_of(const EvalMethod& method, std::map<fs::path, std::string>& sources) {
  Edits edits;
  for (const auto& pair : method.pairs) {
    if (pair.problem) continue;
    auto [source, fresh] = sources.try_emplace(pair.source, pair.source.string());
    try {  // by its bytes, as each method may have a copy of the portrait
      if (fresh) source->second = sha256_of_file(pair.source);
    } catch (const Error&) {  // a problem of the pair, which is named when it's measured
    }
    edits.emplace(source->second, pair.variation);
  }
  return edits;
}

auto count_without(const Edits& edits, const Edits& others) {
  return std::count_if(edits.begin(), edits.end(), [&](const auto& edit) { return !others.contains(edit); });
}

/// Means over other edits say nothing about which method is better.
void warn_of_other_edits(const std::vector<EvalMethod>& methods) {
  if (methods.size() < 2) return;
  std::map<fs::path, std::string> sources;
  const auto first = edits_of(methods.front(), sources);
  for (auto method = methods.begin() + 1; method != methods.end(); ++method) {
    const auto edits = edits_of(*method, sources);
    const auto more = count_without(edits, first), fewer = count_without(first, edits);
    if (more == 0 && fewer == 0) continue;
    log::warn(method->name + ": expected the edits of " + methods.front().name + ", got " + std::to_string(more) +
              " that it lacks, and none of " + std::to_string(fewer) +
              " that it has; compare methods on the same portraits and variations");
  }
}

void report_problems(const EvalScores& scores) {
  for (std::size_t i = 0; i < scores.figures.size(); ++i) {
    const auto& pair = scores.method.pairs[i];
    for (const auto& problem : scores.figures[i].problems) {
      const bool named = problem.starts_with(pair.edited.string()) || problem.starts_with(pair.source.string());
      log::error(scores.method.name + ": " + pair.name + ": " + (named ? "" : pair.edited.string() + ": ") + problem);
    }
  }
}

}  // namespace

Evaluation evaluate(const EvalOptions& options) {
  const auto bundle = std::make_shared<const models::Bundle>(models::find_bundle(options.bundle));
  pipeline::check_compute(options.compute);
  const face::AuVocabulary vocabulary(bundle->manifest().au.names);
  auto tables = read_eval_tables(options, vocabulary);
  check_evaluation(options);
  auto methods = read_methods(options, vocabulary);
  warn_of_other_edits(methods);
  std::size_t total = 0;
  for (const auto& method : methods) total += method.pairs.size();

  FaceReader reader(bundle, options.compute, std::move(tables));
  Evaluation evaluation{{}, vocabulary.names(), reader.provenance(), options.bootstrap, options.axis};
  name_masks(evaluation.estimators["face_mask"], methods);
  Progress progress(options.progress);
  std::size_t before = 0;
  for (auto& method : methods) {
    const auto count = method.pairs.size();
    const auto name = method.name;
    auto scores = measure_method(std::move(method), reader, vocabulary.names(), [&](std::size_t done) {
      progress.item(before + done + 1, total, name);
      progress.step(static_cast<int>(before + done), static_cast<int>(total));
    });
    progress.clear();
    summarise(scores, options.bootstrap);
    report_problems(scores);
    evaluation.methods.push_back(std::move(scores));
    before += count;
  }
  return evaluation;
}

JobResult run_eval(const EvalOptions& options, std::ostream& out) {
  if (options.methods.empty()) {
    throw UsageError(
        "eval: expected records or CSV files of pairs; magicface eval out/records.jsonl, or magicface eval "
        "DeltaEdit=pairs.csv");
  }
  check_targets(options);
  return write_evaluation(evaluate(options), options, out);
}

JobResult write_evaluation(const Evaluation& evaluation, const EvalOptions& options, std::ostream& out) {
  for (const auto& file : options.out) {
    make_folder_of(file);
    write_file_atomically(file, evaluation_bytes(evaluation, eval_format_of(file)));
  }
  const auto shown = evaluation_bytes(evaluation, options.json ? EvalFormat::json : EvalFormat::text);
  out.write(reinterpret_cast<const char*>(shown.data()), static_cast<std::streamsize>(shown.size()));
  JobResult result;
  for (const auto& scores : evaluation.methods) {
    result.failed += scores.problems();
    result.made += scores.method.pairs.size() - scores.problems();
  }
  if (result.failed > 0)
    log::error(std::to_string(result.failed) + " of " + std::to_string(result.made + result.failed) +
               " pairs have problems, named above");
  return result;
}

}  // namespace magicface::app
