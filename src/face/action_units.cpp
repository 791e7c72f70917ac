// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/action_units.hpp"

#include <algorithm>
#include <string>

#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"

namespace magicface::face {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

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

/// Collects an edit's pairs and refuses repetitions.
class EditBuilder {
 public:
  explicit EditBuilder(const AuVocabulary& vocabulary)
      : vocabulary_(vocabulary), values_(vocabulary.size(), 0.0), given_(vocabulary.size(), false) {}

  void add(std::string_view name, std::string_view value) {
    const std::size_t index = vocabulary_.index_of(name);
    const std::string& unit = vocabulary_.names()[index];
    if (given_[index]) throw UsageError(unit + " is given twice in one edit; keep one of them");
    const auto number = parse_number(value);
    if (!number) {
      throw UsageError(unit + "=" + std::string(value) + ": expected a finite number such as -6 or 2.5");
    }
    given_[index] = true;
    values_[index] = *number;
  }
  ActionUnits take() { return std::move(values_); }

 private:
  const AuVocabulary& vocabulary_;
  ActionUnits values_;
  std::vector<bool> given_;
};

/// Cuts the next "name = value" off `rest`, a part between commas.
std::pair<std::string, std::string> next_pair(std::string& rest) {
  const auto equals = rest.find('=');
  if (equals == std::string::npos) {
    throw UsageError("action unit '" + rest + "': expected NAME=VALUE, such as AU12=2.5");
  }
  const std::string name = trim(std::string_view(rest).substr(0, equals));
  const std::string after = trim(std::string_view(rest).substr(equals + 1));
  const auto end = after.find_first_of(kSpace);
  rest = end == std::string::npos ? "" : trim(std::string_view(after).substr(end));
  return {name, after.substr(0, end)};
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
  EditBuilder edit(vocabulary);
  for (const auto& part : split(text, ',')) {
    std::string rest = trim(part);
    if (rest.empty()) {
      throw UsageError("action units '" + std::string(text) + "': expected AU4=-6,AU12=2.5, got an empty entry");
    }
    while (!rest.empty()) {
      const auto [name, value] = next_pair(rest);
      edit.add(name, value);
    }
  }
  return edit.take();
}

ActionUnits parse_release_edit(std::string_view units, std::string_view variations, const AuVocabulary& vocabulary) {
  const auto names = split(units, '+');
  const auto values = split(variations, '+');
  if (names.size() != values.size()) {
    throw UsageError("--au_test '" + std::string(units) + "' has " + std::to_string(names.size()) +
                     " units and --AU_variation '" + std::string(variations) + "' " + std::to_string(values.size()) +
                     " values; expected as many of both");
  }
  EditBuilder edit(vocabulary);
  for (std::size_t i = 0; i < names.size(); ++i) edit.add(trim(names[i]), trim(values[i]));
  return edit.take();
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
