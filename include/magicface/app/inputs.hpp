// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
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

/// Whether a picture that was found rather than named is to be left out.
using LeaveOut = std::function<bool(const std::filesystem::path& picture)>;

/// Expands files, folders (their pictures, sorted by name, but for hidden ones), globs (`*`, `?`, `[`) and `-` (a list
/// from `list`, a name per line) in the order given; each picture once. What is left out of a folder or a glob is told
/// in the log. @throws NoInputError when nothing that was named exists or matches.
std::vector<Input> expand_inputs(const std::vector<std::string>& names, std::istream& list,
                                 const LeaveOut& leave_out = {});

}  // namespace magicface::app
