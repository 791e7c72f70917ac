// SPDX-License-Identifier: Apache-2.0
#include "edit_requests.hpp"

#include "magicface/core/error.hpp"
#include "magicface/core/log.hpp"

namespace magicface::app {

std::vector<EditRequest> parse_requests(const EditOptions& options, const models::Manifest& manifest) {
  const auto& au = manifest.au;
  const face::AuVocabulary vocabulary(au.names);
  std::vector<face::ActionUnits> variations;
  for (const auto& text : options.au) variations.push_back(face::parse_edit(text, vocabulary));
  if (!options.release_au.empty() || !options.release_variation.empty()) {
    variations.push_back(face::parse_release_edit(options.release_au, options.release_variation, vocabulary));
  }
  if (variations.empty()) throw UsageError("--au: expected at least one edit, e.g. --au AU12=3, got none");
  std::vector<EditRequest> requests;
  for (auto& variation : variations) {
    EditRequest request;
    request.seed = options.seed.value_or(manifest.defaults.seed);
    request.label = face::edit_label(variation, vocabulary);
    request.warnings = face::range_warnings(variation, vocabulary, au.min, au.max);
    for (const auto& warning : request.warnings) log::warn(warning);
    request.variation = std::move(variation);
    requests.push_back(std::move(request));
  }
  return requests;
}

}  // namespace magicface::app
