// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace magicface::app {

/// A picture that somebody named, or a name behind which there is none.
struct Input {
  std::filesystem::path path;
  std::optional<std::string> problem;  ///< why it can't be an input; it becomes a failed item
};

/// Expands files, folders (their pictures, sorted by name), globs (`*`, `?`, `[`) and `-` (a list from `list`, a name
/// per line) in the order given; each picture once. @throws NoInputError when nothing that was named exists or matches.
std::vector<Input> expand_inputs(const std::vector<std::string>& names, std::istream& list);

}  // namespace magicface::app
