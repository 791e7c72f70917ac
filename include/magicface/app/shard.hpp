// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace magicface::app {

/// One machine's part of a job: every `count`th input, beginning with the `index`th. Which input belongs to which shard
/// depends on its place in the list alone, so shards never need to talk to each other.
struct Shard {
  std::size_t index = 1;  ///< from 1
  std::size_t count = 1;

  /// Whether the input at `place` (from 1: the line of a job file, the place of an input) is this shard's.
  bool holds(std::size_t place) const { return (place - 1) % count == index - 1; }
  bool whole() const { return count == 1; }
  std::string text() const { return std::to_string(index) + "/" + std::to_string(count); }
};

/// Reads an environment variable; nothing when it isn't set. A parameter so that tests need no environment.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
std::optional<std::string> process_environment(const std::string& name);

/// `I/N`; `auto`: index and size from the array variables of Slurm or AWS Batch; `auto/N`: the size is given, as
/// Kubernetes exports none. @throws UsageError for other text, an index out of range, and for `auto` where no engine
/// set its variables: a shard is never guessed.
Shard parse_shard(const std::string& text, const Environment& environment);

}  // namespace magicface::app
