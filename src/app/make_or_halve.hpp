// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <functional>
#include <span>

#include "magicface/core/error.hpp"

namespace magicface::app {

/// Makes all rows at once; when that fails, each half on its own, down to single rows: memory may do for less, and a
/// row that fails must not take the others with it. A single row that fails goes to `failed`. `told` hears of every
/// failure of several.
/// @throws what concerns every item, at once
template <class Row>
void make_or_halve(std::span<const Row> rows, const std::function<void(std::span<const Row>)>& make,
                   const std::function<void(const Row&, const std::exception&)>& failed,
                   const std::function<void(std::size_t rows, const std::exception&)>& told) {
  try {
    return make(rows);
  } catch (const std::exception& problem) {
    if (concerns_every_item(problem)) throw;
    if (rows.size() == 1) return failed(rows.front(), problem);
    told(rows.size(), problem);
  }
  const auto half = rows.size() / 2;
  make_or_halve(rows.first(rows.size() - half), make, failed, told);
  make_or_halve(rows.last(half), make, failed, told);
}

}  // namespace magicface::app
