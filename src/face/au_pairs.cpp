// SPDX-License-Identifier: Apache-2.0
#include "au_pairs.hpp"

#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"

namespace magicface::face {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

/// Cuts the next pair off `rest`, a part between commas.
AuPair next_pair(std::string& rest, const AuVocabulary& vocabulary) {
  const auto at = rest.find_first_of("=@");
  if (at == std::string::npos) {
    throw UsageError("action unit '" + rest + "': expected NAME=VALUE, such as AU12=2.5");
  }
  AuPair pair;
  pair.unit = vocabulary.index_of(trim(std::string_view(rest).substr(0, at)));
  pair.sign = rest[at];
  const std::string after = trim(std::string_view(rest).substr(at + 1));
  const auto end = after.find_first_of(kSpace);
  pair.value = after.substr(0, end);
  rest = end == std::string::npos ? "" : trim(std::string_view(after).substr(end));
  return pair;
}

std::string spelled(const AuPair& pair, const AuVocabulary& vocabulary) {
  return vocabulary.names()[pair.unit] + pair.sign + pair.value;
}

}  // namespace

std::vector<AuPair> read_au_pairs(std::string_view text, const AuVocabulary& vocabulary) {
  std::vector<AuPair> pairs;
  for (const auto& part : split(text, ',')) {
    std::string rest = trim(part);
    if (rest.empty()) {
      throw UsageError("action units '" + std::string(text) + "': expected AU4=-6,AU12=2.5, got an empty entry");
    }
    while (!rest.empty()) pairs.push_back(next_pair(rest, vocabulary));
  }
  refuse_repeated_units(pairs, vocabulary);
  return pairs;
}

double au_number(const AuPair& pair, std::string_view number, const AuVocabulary& vocabulary) {
  const auto value = parse_number(number);
  if (!value) throw UsageError(spelled(pair, vocabulary) + ": expected a finite number such as -6 or 2.5");
  return *value;
}

void refuse_repeated_units(const std::vector<AuPair>& pairs, const AuVocabulary& vocabulary) {
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    for (std::size_t j = i + 1; j < pairs.size(); ++j) {
      if (pairs[i].unit != pairs[j].unit) continue;
      throw UsageError(vocabulary.names()[pairs[i].unit] + " is given twice in one edit (" +
                       spelled(pairs[i], vocabulary) + " and " + spelled(pairs[j], vocabulary) + "); keep one of them");
    }
  }
}

}  // namespace magicface::face
