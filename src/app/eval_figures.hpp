// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "magicface/measure/bootstrap.hpp"

namespace magicface::app {

/// A figure of `eval` as it is shown (docs/evaluation.md).
struct FigureInfo {
  const char* key;  ///< in JSON and CSV
  const char* title;
  bool lower_is_better;
  measure::Figure kind;
  int decimals;
};

/// In the order of the tables: those of the paper first.
const std::vector<FigureInfo>& figure_infos();
/// How a figure's key is shown and computed; per action unit ("au_mse/AU4") as au_mse. @throws UsageError for an
/// unknown key.
const FigureInfo& figure_info(std::string_view key);
/// "au_mse/AU4"
std::string unit_key(const std::string& unit);

/// What an edited picture adds to the figures, by key; a figure that couldn't be measured is absent.
struct PairFigures {
  std::map<std::string, measure::Share> shares;
  std::optional<std::vector<double>> au_before, au_after,
      au_intended;                    ///< 0 to 5, in the bundle's order; of several faces the first
  std::vector<std::string> problems;  ///< each a sentence; empty: all is measured

  /// The figure of this picture alone.
  std::optional<double> value(std::string_view key) const;
};

/// The value that a share stands for.
double value_of(const measure::Share& share, measure::Figure kind);

}  // namespace magicface::app
