// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace magicface {

/// A row of a CSV file.
struct CsvRow {
  std::size_t line = 1;             ///< in the file, from 1
  std::vector<std::string> fields;  ///< quotes and the spaces around fields taken away
};

/// RFC 4180 with commas, but a row is a line: a field holds no line break, so that a broken row never swallows the next.
/// A byte order mark and empty lines are skipped. @throws ItemError naming the line whose quotes are broken.
std::vector<CsvRow> parse_csv(std::string_view text);

/// The text as one field, quoted where it must be; line breaks become spaces.
std::string csv_field(const std::string& text);

}  // namespace magicface
