// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// RFC 4180 with commas, but a row is a line: a field holds no line break, so that a broken row never swallows the
/// next.
namespace magicface {

/// A row of a CSV file.
struct CsvRow {
  std::size_t line = 1;             ///< in the file, from 1
  std::vector<std::string> fields;  ///< quotes and the spaces around fields taken away
};

/// The rows of a whole file. A byte order mark and empty lines are skipped.
/// @throws ItemError naming the line whose quotes are broken.
std::vector<CsvRow> parse_csv(std::string_view text);

/// The same for a file that somebody gave, whose faults are wrong usage.
/// @param where flag and file, for messages. @throws UsageError
std::vector<CsvRow> parse_given_csv(std::string_view text, const std::string& where);

/// @param where file and line, for messages. @throws UsageError when the row hasn't as many fields as the header.
void expect_fields_of_header(const CsvRow& row, const CsvRow& header, const std::string& where);

/// Whether a field says that there is no value: it is empty, or NaN as programs print it.
bool is_missing(std::string_view field);

/// The fields of one line; nothing when its quotes are broken.
std::optional<std::vector<std::string>> parse_csv_row(const std::string& line);

/// The fields as one line without a newline, quoted where they must be; line breaks inside become spaces.
std::string format_csv_row(const std::vector<std::string>& fields);

}  // namespace magicface
