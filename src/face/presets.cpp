// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/presets.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "magicface/core/error.hpp"
#include "magicface/core/rounding.hpp"
#include "magicface/core/text.hpp"

namespace magicface::face {
namespace {

using Unit = std::pair<std::string_view, double>;

// The combinations are FACS's and EMFACS's, restricted to the units of the published model; the intensities are ours
// (docs/expressions.md).
constexpr std::array kHappiness{Unit{"AU6", 4}, Unit{"AU12", 4}};
constexpr std::array kSadness{Unit{"AU1", 4}, Unit{"AU4", 4}, Unit{"AU15", 4}};
constexpr std::array kSurprise{Unit{"AU1", 4}, Unit{"AU2", 4}, Unit{"AU5", 2}, Unit{"AU25", 4}, Unit{"AU26", 4}};
constexpr std::array kFear{Unit{"AU1", 4},  Unit{"AU2", 4},  Unit{"AU4", 4}, Unit{"AU5", 4},
                           Unit{"AU20", 4}, Unit{"AU25", 3}, Unit{"AU26", 3}};
constexpr std::array kAnger{Unit{"AU4", 4}, Unit{"AU5", 4}, Unit{"AU17", 3}};
constexpr std::array kDisgust{Unit{"AU9", 4}, Unit{"AU17", 3}};
constexpr std::array kContempt{Unit{"AU12", 2}};
constexpr std::array kPain{Unit{"AU4", 4}, Unit{"AU6", 4}, Unit{"AU9", 4}};

struct Preset {
  std::string_view name;
  std::span<const Unit> units;
  std::string_view shortfall;
};
constexpr std::array kPresets{
    Preset{"happiness", kHappiness, ""},
    Preset{"sadness", kSadness, ""},
    Preset{"surprise", kSurprise, ""},
    Preset{"fear", kFear, "AU7 (lids tightened)"},
    Preset{"anger", kAnger, "AU7 (lids tightened) and AU23 (lips tightened)"},
    Preset{"disgust", kDisgust, "AU10 (upper lip raised) and AU16 (lower lip down)"},
    Preset{"contempt", kContempt, "AU14 (dimpler), and AU12 on one side only: a slight smile is what is left"},
    Preset{"pain", kPain, "AU7 (lids tightened), AU10 (upper lip raised) and AU43 (eyes closed)"},
    Preset{"neutral", {}, ""},
};

const Preset& preset_of(std::string_view name) {
  for (const auto& preset : kPresets) {
    if (preset.name == name) return preset;
  }
  throw UsageError("--preset '" + std::string(name) + "': unknown; nearest is '" + nearest(name, preset_names()) +
                   "'; known are " + join(preset_names(), ", "));
}

AuRequest empty_request(const AuVocabulary& vocabulary, double share, std::string label) {
  AuRequest request;
  request.label = std::move(label) + (share == 1 ? "" : "_x" + format_number(share));
  request.variation.assign(vocabulary.size(), 0.0);
  request.target.resize(vocabulary.size());
  return request;
}

}  // namespace

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const auto& preset : kPresets) names.emplace_back(preset.name);
  return names;
}

AuRequest preset_request(std::string_view name, double intensity, const AuVocabulary& vocabulary) {
  const auto& preset = preset_of(name);
  if (!(intensity >= 0 && intensity <= 1)) {
    throw UsageError("--intensity: expected 0 to 1 (stronger: spell the units with --au), got " +
                     format_number(intensity));
  }
  auto request = empty_request(vocabulary, intensity, std::string(name));
  if (preset.units.empty()) {
    request.target.assign(vocabulary.size(), 0.0);
    request.strength = intensity;
    return request;
  }
  bool known = false;
  for (const auto& [unit, value] : preset.units) {
    const auto index = vocabulary.find(unit);
    if (!index) continue;
    known = true;
    request.variation[*index] = rounded(value * intensity, 3);  // 4 x 0.15 is 0.6, also in names and records
  }
  if (!known)
    throw UsageError("--preset " + std::string(name) +
                     ": the bundle knows none of its action units; spell it with --au");
  return request;
}

std::string preset_shortfall(std::string_view name) { return std::string(preset_of(name).shortfall); }

AuRequest neutral_request(const AuVocabulary& vocabulary) { return preset_request("neutral", 1, vocabulary); }

AuRequest like_request(const ActionUnits& reference, double strength, const std::string& reference_name) {
  if (!(strength >= 0 && strength <= 2)) {
    throw UsageError("--like-strength: expected 0 to 2 (1 copies the expression), got " + format_number(strength));
  }
  auto request =
      empty_request(AuVocabulary(std::vector<std::string>(reference.size())), strength, "like-" + reference_name);
  request.strength = strength;
  for (std::size_t i = 0; i < reference.size(); ++i) request.target[i] = std::clamp(reference[i], 0.0, kMaxIntensity);
  return request;
}

}  // namespace magicface::face
