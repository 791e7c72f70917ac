// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "magicface/face/action_units.hpp"

namespace magicface::face {

/// Intensities are FACS's: 0 is absent, 1 to 5 are the levels A to E.
inline constexpr double kMaxIntensity = 5;

/// One edit as it was asked for. A unit either changes by a variation or goes to an intensity; an intensity becomes a
/// variation only when the face's own intensities are known.
struct AuRequest {
  std::string label;                            ///< for file names: "AU4-6_AU12@3", "happiness"
  ActionUnits variation;                        ///< of the units without a target
  std::vector<std::optional<double>> target{};  ///< intensities to reach, 0 to 5, in the vocabulary's order
  double strength = 1;                          ///< share of the way to the targets; above 1 exaggerates
};

/// Whether the face's own intensities have to be known.
bool is_absolute(const AuRequest& request);

/// What the model is given: variation where there is no target, else strength * (target - before), rounded to 1e-3 so
/// that a record can repeat it. @param before intensities of the face in the vocabulary's order; unused unless
/// is_absolute
ActionUnits resolve(const AuRequest& request, const ActionUnits& before);

/// The intensities that an edit is meant to end at: before + variation, held to 0 .. 5.
ActionUnits intended(const ActionUnits& before, const ActionUnits& variation);

/// What NAME=VALUE means; NAME@VALUE is always an intensity.
enum class AuSense { variation, target };

/// Most edits that one text, or all flags together, may ask for.
inline constexpr std::size_t kMaxEdits = 1000;

/// "AU4=-6,AU12@3": an edit. A value FIRST:LAST:STEP (":STEP" may be left out and is 1) stands for every value from
/// FIRST to LAST, which may go down; several of them make the product, the last one running fastest.
/// @throws UsageError as parse_edit; an intensity outside 0 to 5; a step that isn't positive; more than kMaxEdits.
std::vector<AuRequest> parse_requests(std::string_view text, AuSense sense, const AuVocabulary& vocabulary);

/// "AU4-6_AU12@3", in the vocabulary's order; zero variations are left out; "AU0" when nothing is left.
std::string request_label(const AuRequest& request, const AuVocabulary& vocabulary);

}  // namespace magicface::face
