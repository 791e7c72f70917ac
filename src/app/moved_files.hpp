// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

/// Where the files of a run lie after its folder was moved.
namespace magicface::app {

/// How many of the path's first parts have to go until it names a file in `folder`; nothing when none does.
std::optional<std::size_t> parts_to_drop(const std::filesystem::path& path, const std::filesystem::path& folder);

/// A folder that was moved together with what lies around it.
struct Move {
  std::filesystem::path from, to;
  std::filesystem::path operator()(const std::filesystem::path& path) const;
  /// Whether the path lies in the folder, as it was.
  bool holds(const std::filesystem::path& path) const;
};

/// Told by a file that was written as `path` (absolute, normal) and is found in `folder` now; nothing when it isn't.
std::optional<Move> find_move(const std::filesystem::path& path, const std::filesystem::path& folder);

}  // namespace magicface::app
