// SPDX-License-Identifier: Apache-2.0
#include "expression_requests.hpp"

#include <algorithm>
#include <iterator>

#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/log.hpp"
#include "magicface/core/text.hpp"
#include "magicface/face/au_table.hpp"
#include "magicface/face/presets.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

constexpr std::uintmax_t kMaxTableBytes = std::uintmax_t{64} << 20;

EditRequest preset_edit(const std::string& name, double intensity, const face::AuVocabulary& vocabulary) {
  EditRequest request;
  request.flag = "--preset " + name;
  request.asked = face::preset_request(name, intensity, vocabulary);
  if (const auto shortfall = face::preset_shortfall(name); !shortfall.empty()) {
    request.warnings.push_back(request.flag + ": the model has no " + shortfall);
  }
  return request;
}

EditRequest like_edit(const fs::path& reference, double strength, const face::AuVocabulary& vocabulary) {
  if (!fs::is_regular_file(reference)) throw UsageError("--like " + reference.string() + ": no such picture");
  EditRequest request;
  request.flag = "--like " + reference.string();
  request.like = reference;
  // Only its label and strength are known before the portrait is read.
  request.asked = face::like_request(face::ActionUnits(vocabulary.size(), 0.0), strength, reference.stem().string());
  return request;
}

/// A row of a table is an edit: "NAME-012", numbered as the rows below the header.
EditRequest row_edit(const face::AuRow& row, const fs::path& file, std::size_t digits, face::AuSense sense) {
  EditRequest request;
  request.flag = "--au-file " + file.string() + ", line " + std::to_string(row.line);
  auto& asked = request.asked;
  const auto number = std::to_string(row.line - 1);
  asked.label = file.stem().string() + "-" + std::string(digits - std::min(digits, number.size()), '0') + number;
  asked.variation.assign(row.value.size(), 0.0);
  asked.target.resize(row.value.size());
  for (std::size_t i = 0; i < row.value.size(); ++i) {
    if (!row.value[i]) continue;
    if (sense == face::AuSense::variation) {
      asked.variation[i] = *row.value[i];
      continue;
    }
    if (*row.value[i] < 0 || *row.value[i] > face::kMaxIntensity) {
      throw UsageError(request.flag + ": expected intensities from 0 to 5, got " + format_number(*row.value[i]) +
                       "; if the values are changes, say --au-file-as variation");
    }
    asked.target[i] = *row.value[i];
  }
  return request;
}

std::vector<EditRequest> table_edits(const fs::path& file, face::AuSense sense, const face::AuVocabulary& vocabulary) {
  std::vector<std::uint8_t> bytes;
  try {
    bytes = read_file(file, kMaxTableBytes);
  } catch (const ItemError& problem) {
    throw UsageError(std::string("--au-file ") + problem.what());
  }
  const auto table = face::parse_au_table({reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                                          "--au-file " + file.string(), vocabulary);
  if (!table.ignored.empty()) {
    log::warn("--au-file " + file.string() + ": the bundle doesn't know " + join(table.ignored, ", ") + "; left out");
  }
  if (!table.unusable.empty()) {
    log::warn("--au-file " + file.string() + ": " + std::to_string(table.unusable.size()) +
              " rows without a face (success 0) left out");
  }
  std::vector<EditRequest> requests;
  const auto digits = std::to_string(table.rows.back().line - 1).size();
  for (const auto& row : table.rows) requests.push_back(row_edit(row, file, digits, sense));
  return requests;
}

}  // namespace

void check_expressions(const ExpressionOptions& options) {
  if (options.neutralise && !options.targets.empty()) {
    throw UsageError("--neutralise and --target " + options.targets[0] +
                     ": one takes every action unit to 0, the other takes some elsewhere; keep one of them");
  }
  if (options.neutralise &&
      std::find(options.presets.begin(), options.presets.end(), "neutral") != options.presets.end()) {
    throw UsageError("--neutralise and --preset neutral are the same edit; keep one of them");
  }
  if (options.intensity && options.presets.empty()) throw UsageError("--intensity: expected --preset beside it");
  if (options.like_strength && options.like.empty()) throw UsageError("--like-strength: expected --like beside it");
  if (options.au_files_as && options.au_files.empty()) throw UsageError("--au-file-as: expected --au-file beside it");
}

std::vector<EditRequest> expression_requests(const ExpressionOptions& options, const face::AuVocabulary& vocabulary) {
  std::vector<EditRequest> requests;
  for (const auto& text : options.targets) {
    for (auto& asked : face::parse_requests(text, face::AuSense::target, vocabulary)) {
      EditRequest request;
      request.flag = "--target " + text;
      request.asked = std::move(asked);
      requests.push_back(std::move(request));
    }
  }
  for (const auto& name : options.presets)
    requests.push_back(preset_edit(name, options.intensity.value_or(1), vocabulary));
  for (const auto& file : options.like)
    requests.push_back(like_edit(file, options.like_strength.value_or(1), vocabulary));
  if (options.neutralise) {
    EditRequest request;
    request.flag = "--neutralise";
    request.asked = face::neutral_request(vocabulary);
    requests.push_back(std::move(request));
  }
  for (const auto& file : options.au_files) {
    auto rows = table_edits(file, options.au_files_as.value_or(face::AuSense::target), vocabulary);
    std::move(rows.begin(), rows.end(), std::back_inserter(requests));
  }
  return requests;
}

}  // namespace magicface::app
