// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace magicface::face {

/// One value per action unit, in the bundle's order. An edit's values are variations: positive strengthens.
using ActionUnits = std::vector<double>;

/// The action units that a bundle knows, in its order ("AU1", "AU2", "AU4", ...).
class AuVocabulary {
 public:
  explicit AuVocabulary(std::vector<std::string> names) : names_(std::move(names)) {}

  const std::vector<std::string>& names() const { return names_; }
  std::size_t size() const { return names_.size(); }

  /// Accepts "AU4", "au4" and "AU04"; nullopt for others.
  std::optional<std::size_t> find(std::string_view name) const;
  /// As find, @throws UsageError that names the nearest valid spelling and all of them.
  std::size_t index_of(std::string_view name) const;

 private:
  std::vector<std::string> names_;
};

/// "AU4=-6,AU12=2.5": pairs separated by commas or spaces; spaces around '=' are fine. Units not named get 0.
/// @throws UsageError: empty, unknown or repeated unit, missing or non-finite value.
ActionUnits parse_edit(std::string_view text, const AuVocabulary& vocabulary);

/// The published release's pair of flags, "AU4+AU1" and "4+2" (or "4+-2"). @throws UsageError as parse_edit, and when
/// the two differ in length.
ActionUnits parse_release_edit(std::string_view units, std::string_view variations, const AuVocabulary& vocabulary);

/// For file names: "AU4-6_AU12+2.5", in the bundle's order; zeros are left out; "AU0" when nothing is left.
std::string edit_label(const ActionUnits& values, const AuVocabulary& vocabulary);

/// One sentence per value outside [min, max]; such edits run, but the model wasn't trained for them.
std::vector<std::string> range_warnings(const ActionUnits& values, const AuVocabulary& vocabulary, double min,
                                        double max);

}  // namespace magicface::face
