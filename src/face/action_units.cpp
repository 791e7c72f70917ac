// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/action_units.hpp"

#include <algorithm>
#include <string>

#include "au_pairs.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"

namespace magicface::face {
namespace {

/// Upper case, leading zeros of the number removed: "au04" -> "AU4".
std::string canonical(std::string_view name) {
  std::string result;
  for (const char c : name) {
    const bool after_digit = !result.empty() && result.back() >= '0' && result.back() <= '9';
    if (after_digit && result.back() == '0' && (result.size() == 1 || result[result.size() - 2] > '9') && c >= '0' &&
        c <= '9') {
      result.pop_back();
    }
    result += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return result;
}

/// The variation of pairs that say NAME=NUMBER.
ActionUnits variation_of(const std::vector<AuPair>& pairs, const AuVocabulary& vocabulary) {
  ActionUnits values(vocabulary.size(), 0.0);
  for (const auto& pair : pairs) {
    if (pair.sign != '=') {
      throw UsageError(vocabulary.names()[pair.unit] + "@" + pair.value + ": expected a variation, such as AU12=2.5");
    }
    values[pair.unit] = au_number(pair, pair.value, vocabulary);
  }
  return values;
}

}  // namespace

std::optional<std::size_t> AuVocabulary::find(std::string_view name) const {
  const std::string wanted = canonical(name);
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (canonical(names_[i]) == wanted) return i;
  }
  return std::nullopt;
}

std::size_t AuVocabulary::index_of(std::string_view name) const {
  if (const auto index = find(name)) return *index;
  throw UsageError("unknown action unit '" + std::string(name) + "'; nearest is '" + nearest(name, names_) +
                   "'; known are " + join(names_, ", "));
}

ActionUnits parse_edit(std::string_view text, const AuVocabulary& vocabulary) {
  return variation_of(read_au_pairs(text, vocabulary), vocabulary);
}

ActionUnits parse_release_edit(std::string_view units, std::string_view variations, const AuVocabulary& vocabulary) {
  const auto names = split(units, '+');
  const auto values = split(variations, '+');
  if (names.size() != values.size()) {
    throw UsageError("--au_test '" + std::string(units) + "' has " + std::to_string(names.size()) +
                     " units and --AU_variation '" + std::string(variations) + "' " + std::to_string(values.size()) +
                     " values; expected as many of both");
  }
  std::vector<AuPair> pairs;
  for (std::size_t i = 0; i < names.size(); ++i) {
    pairs.push_back({vocabulary.index_of(trim(names[i])), '=', trim(values[i])});
  }
  refuse_repeated_units(pairs, vocabulary);
  return variation_of(pairs, vocabulary);
}

std::string edit_label(const ActionUnits& values, const AuVocabulary& vocabulary) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < std::min(values.size(), vocabulary.size()); ++i) {
    if (values[i] == 0) continue;
    parts.push_back(vocabulary.names()[i] + (values[i] > 0 ? "+" : "") + format_number(values[i]));
  }
  return parts.empty() ? "AU0" : join(parts, "_");
}

std::vector<std::string> range_warnings(const ActionUnits& values, const AuVocabulary& vocabulary, double min,
                                        double max) {
  std::vector<std::string> warnings;
  for (std::size_t i = 0; i < std::min(values.size(), vocabulary.size()); ++i) {
    if (values[i] >= min && values[i] <= max) continue;
    warnings.push_back(vocabulary.names()[i] + "=" + format_number(values[i]) + " is outside the useful range " +
                       format_number(min) + " to " + format_number(max) + "; the face may distort");
  }
  return warnings;
}

}  // namespace magicface::face
