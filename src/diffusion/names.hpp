// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"

namespace magicface::diffusion {

/// Spellings of an enumeration, in its order.
template <typename Enum, std::size_t N>
using NameTable = std::array<std::pair<std::string_view, Enum>, N>;

template <typename Enum, std::size_t N>
std::vector<std::string> names_in(const NameTable<Enum, N>& table) {
  std::vector<std::string> names;
  for (const auto& entry : table) names.emplace_back(entry.first);
  return names;
}

/// The value called `name`; `what` is the flag or field to blame. Throws UsageError with the nearest spelling.
template <typename Enum, std::size_t N>
Enum value_of(std::string_view what, std::string_view name, const NameTable<Enum, N>& table) {
  for (const auto& entry : table) {
    if (entry.first == name) return entry.second;
  }
  const auto names = names_in(table);
  throw UsageError(std::string(what) + ": expected one of " + join(names, ", ") + "; got '" + std::string(name) +
                   "'; did you mean '" + nearest(name, names) + "'?");
}

}  // namespace magicface::diffusion
