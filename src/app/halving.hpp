// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>

#include "magicface/core/log.hpp"
#include "magicface/core/out_of_memory.hpp"

namespace magicface::app {

/// Calls `work` with the batch; where memory runs out, with its two halves instead, and so on down to one item.
/// @throws what `work` throws, of memory only for a single item.
template <typename Item>
void halve_to_fit(std::span<const Item> batch, const std::function<void(std::span<const Item>)>& work) {
  try {
    return work(batch);
  } catch (const std::exception& problem) {
    if (batch.size() <= 1 || !says_out_of_memory(problem)) throw;
  }  // the failure, and what it holds, is gone before the next try
  const auto half = batch.size() / 2;
  log::warn("out of memory with " + std::to_string(batch.size()) + " edits at a time; trying " +
            std::to_string(batch.size() - half));
  halve_to_fit(batch.first(batch.size() - half), work);
  halve_to_fit(batch.last(half), work);
}

}  // namespace magicface::app
