// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace magicface::app {

/// A table of texts; the first column is names, the others numbers. Every row is as long as the header.
struct Table {
  std::string title;
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};

/// Columns padded with spaces.
std::string as_text(const Table& table);
std::string as_markdown(const Table& table);
/// A `table` environment with booktabs' rules.
std::string as_latex(const Table& table);

}  // namespace magicface::app
