// SPDX-License-Identifier: Apache-2.0
#include "unchanged.hpp"

#include <algorithm>

#include "portrait.hpp"

namespace magicface::pipeline {

ComparedRows with_unchanged(const std::vector<BatchRow>& rows) {
  ComparedRows result{rows, {}};
  for (const auto& row : rows) {
    if (row.portrait->blend_mask.empty()) {  // its result is the model's picture
      result.unchanged.push_back(result.unchanged.size());
      continue;
    }
    const auto added = result.rows.begin() + static_cast<std::ptrdiff_t>(rows.size());
    auto found = std::find_if(added, result.rows.end(), [&](const BatchRow& other) {
      return other.portrait == row.portrait && other.edit.seed == row.edit.seed;
    });
    if (found == result.rows.end()) {
      result.rows.push_back({row.portrait, {std::vector<double>(row.edit.variation.size(), 0.0), row.edit.seed}});
      found = result.rows.end() - 1;
    }
    result.unchanged.push_back(static_cast<std::size_t>(found - result.rows.begin()));
  }
  return result;
}

}  // namespace magicface::pipeline
