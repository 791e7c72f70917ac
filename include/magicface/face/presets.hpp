// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "magicface/face/au_request.hpp"

namespace magicface::face {

/// Expressions that have a name; docs/expressions.md has the sources.
std::vector<std::string> preset_names();

/// An expression as a variation, every unit times `intensity`; "neutral" is absolute: every unit to 0, `intensity` of
/// the way. Units that the vocabulary lacks are left out. @param intensity 0 to 1
/// @throws UsageError: unknown name (with the nearest), intensity out of range, or no unit that the vocabulary knows.
AuRequest preset_request(std::string_view name, double intensity, const AuVocabulary& vocabulary);

/// What isn't said by the vocabulary: "AU7, AU23" for anger; empty when the prototype is complete.
std::string preset_shortfall(std::string_view name);

/// Every unit to 0.
AuRequest neutral_request(const AuVocabulary& vocabulary);

/// The face goes `strength` of the way to `reference`, intensities of another face. @param strength 0 to 2
/// @throws UsageError for a strength out of range.
AuRequest like_request(const ActionUnits& reference, double strength, const std::string& reference_name);

}  // namespace magicface::face
