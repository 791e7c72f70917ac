// SPDX-License-Identifier: Apache-2.0
#include "edit_requests.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include "expression_requests.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/log.hpp"

namespace magicface::app {
namespace {

std::vector<EditRequest> variation_requests(const EditOptions& options, const face::AuVocabulary& vocabulary) {
  std::vector<EditRequest> requests;
  const auto add = [&](const std::string& flag, face::AuRequest asked) {
    EditRequest request;
    request.flag = flag;
    request.asked = std::move(asked);
    requests.push_back(std::move(request));
  };
  for (const auto& text : options.au) {
    for (auto& asked : face::parse_requests(text, face::AuSense::variation, vocabulary))
      add("--au " + text, std::move(asked));
  }
  if (!options.release_au.empty() || !options.release_variation.empty()) {
    face::AuRequest asked;
    asked.variation = face::parse_release_edit(options.release_au, options.release_variation, vocabulary);
    asked.target.resize(vocabulary.size());
    asked.label = face::request_label(asked, vocabulary);
    add("--au_test " + options.release_au, std::move(asked));
  }
  return requests;
}

/// Edits that look at the face need one, and an estimator: known without loading either.
void check_estimate(const EditRequest& request, const EditOptions& options, const models::Manifest& manifest) {
  if (!needs_estimate(request)) return;
  const std::string what = request.rivals.empty() ? request.flag : "--keep best";
  if (!manifest.modules.contains("au_estimator")) {
    throw UsageError(what + ": expected a bundle with an 'au_estimator', which reads a face's intensities; " +
                     manifest.name + "@" + manifest.version + " has none; give changes with --au, or another --bundle");
  }
  if (options.condition) {
    throw UsageError(
        what +
        ": with --condition no face is looked for, but its intensities are needed; leave --condition out, or "
        "give changes with --au");
  }
  if (!request.rivals.empty() && options.composite == pipeline::Composite::none) {
    throw UsageError(
        "--keep best: expected --composite auto (the estimator looks at the face in the whole picture), got none");
  }
}

void check_seeds(const EditOptions& options) {
  const auto& given = options.seeds.seeds;
  if (!given.empty() && options.seed) throw UsageError("--seed and --seeds: keep one of them");
  if (options.seeds.keep_best && given.size() < 2)
    throw UsageError("--keep best: expected --seeds with at least two, e.g. --seeds 1,2,3");
  auto sorted = given;
  std::sort(sorted.begin(), sorted.end());
  if (const auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end()) {
    throw UsageError("--seeds: " + std::to_string(*twice) + " is there twice; keep one of them");
  }
}

/// Every edit with every seed, or with --keep best as one edit with rivals.
std::vector<EditRequest> with_seeds(std::vector<EditRequest> edits, const EditOptions& options,
                                    std::uint64_t standard) {
  const auto& given = options.seeds.seeds;
  const std::vector<std::uint64_t> seeds = given.empty() ? std::vector{options.seed.value_or(standard)} : given;
  std::vector<EditRequest> requests;
  for (auto& edit : edits) {
    edit.seed = seeds.front();
    if (options.seeds.keep_best) {
      edit.rivals.assign(seeds.begin() + 1, seeds.end());
      requests.push_back(std::move(edit));
      continue;
    }
    for (const auto seed : seeds) {
      requests.push_back(edit);
      requests.back().seed = seed;
    }
  }
  return requests;
}

void refuse_repeated_edits(const std::vector<EditRequest>& requests) {
  std::map<std::pair<std::string, std::uint64_t>, const EditRequest*> seen;
  for (const auto& request : requests) {
    const auto [first, fresh] = seen.emplace(std::pair{request.label, request.seed}, &request);
    if (fresh) continue;
    throw UsageError("two edits are called " + request.label + " (" + first->second->flag + " and " + request.flag +
                     "); keep one of them");
  }
}

}  // namespace

void check_wishes(const EditOptions& options) {
  check_seeds(options);
  check_expressions(options.expressions);
  if (options.sheets.frame_ms && !options.sheets.sweep_video)
    throw UsageError("--frame-ms: expected --sweep-video beside it");
}

std::vector<EditRequest> parse_requests(const EditOptions& options, const models::Manifest& manifest) {
  check_wishes(options);
  const face::AuVocabulary vocabulary(manifest.au.names);
  auto edits = variation_requests(options, vocabulary);
  auto expressions = expression_requests(options.expressions, vocabulary);
  std::move(expressions.begin(), expressions.end(), std::back_inserter(edits));
  if (edits.empty())
    throw UsageError("--au: expected at least one edit, e.g. --au AU12=3 or --preset happiness, got none");
  for (auto& edit : edits) {
    edit.label = edit.asked.label;
    edit.variation = edit.asked.variation;
    auto beyond = face::range_warnings(edit.variation, vocabulary, manifest.au.min, manifest.au.max);
    std::move(beyond.begin(), beyond.end(), std::back_inserter(edit.warnings));
  }
  std::vector<std::string> warnings;
  for (const auto& edit : edits) warnings.insert(warnings.end(), edit.warnings.begin(), edit.warnings.end());
  auto requests = with_seeds(std::move(edits), options, manifest.defaults.seed);
  if (requests.size() > face::kMaxEdits) {
    throw UsageError("expected at most " + std::to_string(face::kMaxEdits) + " edits of a portrait, got " +
                     std::to_string(requests.size()) + "; split them over several runs");
  }
  for (const auto& request : requests) check_estimate(request, options, manifest);
  refuse_repeated_edits(requests);
  // Last: what is refused gets one line, the reason.
  for (const auto& warning : warnings) log::warn(warning);
  return requests;
}

bool asks_for_edits(const EditOptions& options) {
  const auto& wanted = options.expressions;
  return !options.au.empty() || !options.release_au.empty() || !wanted.targets.empty() || !wanted.presets.empty() ||
         !wanted.like.empty() || wanted.neutralise || !wanted.au_files.empty();
}

OutputOptions output_options(const EditOptions& options) {
  auto output = options.output;
  check_out(output);
  output.allow_outside = options.batch.allow_outside;
  const bool named = output.pattern.find("{seed}") != std::string::npos;
  if (options.seeds.keep_best && named) {
    throw UsageError(
        "--output-pattern with {seed} and --keep best: which seed is best isn't known before; leave {seed} out "
        "(--json tells it)");
  }
  if (options.seeds.seeds.size() > 1 && !options.seeds.keep_best && !named) output.pattern += "_{seed}";
  return output;
}

bool needs_estimate(const EditRequest& request) {
  return request.like || face::is_absolute(request.asked) || !request.rivals.empty();
}

EditRequest resolved(EditRequest request, const std::optional<face::ActionUnits>& before, const models::AuSection& au) {
  if (!face::is_absolute(request.asked)) return request;
  if (!before) throw ItemError(request.flag + ": the face's intensities aren't known; give changes with --au");
  request.variation = face::resolve(request.asked, *before);
  auto reached = request.variation;
  for (std::size_t i = 0; i < reached.size(); ++i) {
    if (!request.asked.target[i]) reached[i] = 0;  // what was given as a change was looked at before
  }
  auto beyond = face::range_warnings(reached, face::AuVocabulary(au.names), au.min, au.max);
  std::move(beyond.begin(), beyond.end(), std::back_inserter(request.warnings));
  return request;
}

std::string edit_text(const EditRequest& request, const models::AuSection& au) {
  const auto units = face::edit_label(request.variation, face::AuVocabulary(au.names));
  return units == request.label ? units : request.label + ": " + units;
}

}  // namespace magicface::app
