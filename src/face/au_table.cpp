// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/au_table.hpp"

#include <algorithm>

#include "magicface/core/csv.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"

namespace magicface::face {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// "AU04_r", "au_4_intensity", "AU4" -> "AU4"; nothing for other columns.
std::optional<std::string> unit_of_column(std::string_view column) {
  std::string_view number;
  if (column.starts_with("au_") && column.ends_with("_intensity") && column.size() > 13) {
    number = column.substr(3, column.size() - 13);
  } else if (column.starts_with("AU")) {
    number = column.substr(2);
    if (number.ends_with("_r")) number.remove_suffix(2);
  }
  if (!is_number(number)) return std::nullopt;
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size() - 1));
  return "AU" + std::string(number);
}

/// Where the table has what.
struct Columns {
  std::vector<std::optional<std::size_t>> unit;  ///< in the vocabulary's order
  std::optional<std::size_t> success;
};

Columns read_header(const CsvRow& header, const std::string& name, const AuVocabulary& vocabulary, AuTable& table) {
  Columns columns;
  columns.unit.resize(vocabulary.size());
  for (std::size_t i = 0; i < header.fields.size(); ++i) {
    if (header.fields[i] == "success") columns.success = i;
    const auto unit = unit_of_column(header.fields[i]);
    if (!unit) continue;
    const auto index = vocabulary.find(*unit);
    if (!index) {
      table.ignored.push_back(header.fields[i]);
      continue;
    }
    if (columns.unit[*index]) {
      throw UsageError(name + ": two columns for " + *unit + " (" + header.fields[*columns.unit[*index]] + " and " +
                       header.fields[i] + "); keep one of them");
    }
    columns.unit[*index] = i;
  }
  if (std::none_of(columns.unit.begin(), columns.unit.end(), [](const auto& column) { return column.has_value(); })) {
    throw UsageError(
        name +
        ": no column of action units; expected a header with AU01_r, AU02_r, ... (OpenFace) or au_1_intensity, "
        "au_2_intensity, ... (LibreFace)");
  }
  return columns;
}

}  // namespace

AuColumns au_columns_from_name(std::string_view name) {
  if (name == "openface") return AuColumns::openface;
  if (name == "libreface") return AuColumns::libreface;
  throw UsageError("--columns: expected openface or libreface, got '" + std::string(name) + "'");
}

std::string au_column(std::string_view unit, AuColumns columns) {
  std::string number(unit.substr(std::min<std::size_t>(2, unit.size())));
  if (columns == AuColumns::libreface) return "au_" + number + "_intensity";
  if (number.size() < 2) number.insert(0, "0");
  return "AU" + number + "_r";
}

AuTable parse_au_table(std::string_view csv, const std::string& name, const AuVocabulary& vocabulary, AuGaps gaps) {
  const auto rows = parse_given_csv(csv, name);
  if (rows.size() < 2) throw UsageError(name + ": expected a header and at least one row of intensities, got none");
  AuTable table;
  const auto columns = read_header(rows[0], name, vocabulary, table);
  for (auto row = rows.begin() + 1; row != rows.end(); ++row) {
    const std::string where = name + ": line " + std::to_string(row->line);
    expect_fields_of_header(*row, rows[0], where);
    const auto is_gap = [&](const auto& column) { return column && is_missing(row->fields[*column]); };
    if ((columns.success && parse_number(row->fields[*columns.success]) == 0.0) ||
        (gaps == AuGaps::leave_out && std::any_of(columns.unit.begin(), columns.unit.end(), is_gap))) {
      table.unusable.push_back(row->line);
      continue;
    }
    AuRow values{row->line, std::vector<std::optional<double>>(vocabulary.size())};
    for (std::size_t i = 0; i < vocabulary.size(); ++i) {
      if (!columns.unit[i]) continue;
      values.value[i] = parse_number(row->fields[*columns.unit[i]]);
      if (values.value[i]) continue;
      throw UsageError(where + ": " + rows[0].fields[*columns.unit[i]] + " is '" + row->fields[*columns.unit[i]] +
                       "'; expected a number");
    }
    table.rows.push_back(std::move(values));
  }
  if (table.rows.empty() && gaps == AuGaps::refuse)
    throw UsageError(name + ": no row with a face (success is 0 in all of them)");
  return table;
}

}  // namespace magicface::face
