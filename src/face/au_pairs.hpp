// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "magicface/face/action_units.hpp"

namespace magicface::face {

/// One "AU12=2.5" or "AU12@3" of an edit's text, its value not read yet.
struct AuPair {
  std::size_t unit = 0;  ///< index into the vocabulary
  char sign = '=';       ///< '=' or '@'
  std::string value;
};

/// Pairs separated by commas or spaces, in the order written; spaces around the sign are fine.
/// @throws UsageError: empty, unknown or repeated unit, no sign.
std::vector<AuPair> read_au_pairs(std::string_view text, const AuVocabulary& vocabulary);

/// A pair's number. @throws UsageError that repeats the pair.
double au_number(const AuPair& pair, std::string_view number, const AuVocabulary& vocabulary);

/// @throws UsageError when a unit is there twice.
void refuse_repeated_units(const std::vector<AuPair>& pairs, const AuVocabulary& vocabulary);

}  // namespace magicface::face
