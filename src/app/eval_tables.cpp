// SPDX-License-Identifier: Apache-2.0
#include "eval_tables.hpp"

#include <algorithm>
#include <numbers>

#include "magicface/core/csv.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"
#include "magicface/face/au_table.hpp"

namespace magicface::app {
namespace {

std::vector<PictureRow> read_intensities(const std::string& text, const std::string& name,
                                         const face::AuVocabulary& vocabulary) {
  std::vector<PictureRow> rows;
  const auto table = face::parse_au_table(text, name, vocabulary, face::AuGaps::leave_out);
  for (const auto line : table.unusable) rows.push_back({line, {}});
  for (const auto& row : table.rows) {
    auto& entry = rows.emplace_back(PictureRow{row.line, {}});
    for (std::size_t i = 0; i < vocabulary.size(); ++i) {
      if (!row.value[i])
        throw UsageError("--au-table " + name + ": no column for " + vocabulary.names()[i] +
                         ", which the bundle edits");
      entry.values.push_back(*row.value[i]);
    }
  }
  std::sort(rows.begin(), rows.end(), [](const PictureRow& a, const PictureRow& b) { return a.line < b.line; });
  return rows;
}

/// Whether the program says itself that it read no face (OpenFace: success 0), or a column is empty or NaN.
bool has_no_values(const CsvRow& row, const CsvRow& header, const std::vector<std::size_t>& columns) {
  const auto success = std::find(header.fields.begin(), header.fields.end(), "success");
  if (success != header.fields.end() &&
      parse_number(row.fields[static_cast<std::size_t>(success - header.fields.begin())]) == 0.0)
    return true;
  return std::any_of(columns.begin(), columns.end(),
                     [&](const std::size_t column) { return is_missing(row.fields[column]); });
}

/// The numbers of the given columns, row by row. @param where flag and file, for messages
std::vector<PictureRow> read_columns(const std::vector<CsvRow>& csv, const std::vector<std::size_t>& columns,
                                     const std::string& where) {
  std::vector<PictureRow> rows;
  for (auto row = csv.begin() + 1; row != csv.end(); ++row) {
    const auto place = where + ":" + std::to_string(row->line);
    expect_fields_of_header(*row, csv.front(), place);
    auto& entry = rows.emplace_back(PictureRow{row->line, {}});
    if (has_no_values(*row, csv.front(), columns)) continue;
    for (const auto column : columns) {
      const auto number = parse_number(row->fields[column]);
      if (!number)
        throw UsageError(place + ": " + csv.front().fields[column] + ": expected a number, got '" +
                         row->fields[column] + "'");
      entry.values.push_back(*number);
    }
  }
  return rows;
}

std::vector<CsvRow> csv_of(const std::string& text, const std::string& where) {
  auto rows = parse_given_csv(text, where);
  if (rows.size() < 2) throw UsageError(where + ": expected a header and a row for each picture");
  return rows;
}

/// Every column but the picture's name is a number of the vector.
std::vector<PictureRow> read_vectors(const std::string& text, const std::string& name) {
  const auto where = "--identity-table " + name;
  const auto rows = csv_of(text, where);
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < rows.front().fields.size(); ++i) {
    if (i != picture_column(rows.front().fields)) columns.push_back(i);
  }
  if (columns.empty()) throw UsageError(where + ": expected the picture's name and then the numbers of its vector");
  return read_columns(rows, columns, where);
}

/// OpenFace's radians or degrees. LibreFace's columns have the same names, and its values (not angles:
/// docs/evaluation.md) can't be told by their size.
std::vector<PictureRow> read_poses(const std::string& text, const std::string& name) {
  const auto where = "--pose-table " + name;
  const auto csv = csv_of(text, where);
  const auto& header = csv.front().fields;
  const auto columns_of = [&](const std::vector<std::string>& names) {
    std::vector<std::size_t> columns;
    for (const auto& wanted : names) {
      const auto found = std::find(header.begin(), header.end(), wanted);
      if (found != header.end()) columns.push_back(static_cast<std::size_t>(found - header.begin()));
    }
    return columns.size() == names.size() ? columns : std::vector<std::size_t>();
  };
  if (const auto radians = columns_of({"pose_Rx", "pose_Ry", "pose_Rz"}); !radians.empty())
    return read_columns(csv, radians, where);
  const auto degrees = columns_of({"pitch", "yaw", "roll"});
  if (degrees.empty()) {
    throw UsageError(where +
                     ": expected the columns pose_Rx, pose_Ry and pose_Rz (radians, OpenFace) or pitch, yaw and roll "
                     "(degrees, as magicface estimate or 6DRepNet; LibreFace's own aren't angles)");
  }
  auto rows = read_columns(csv, degrees, where);
  for (auto& row : rows) {
    for (auto& angle : row.values) angle *= std::numbers::pi / 180;
  }
  return rows;
}

}  // namespace

EvalTables read_eval_tables(const EvalOptions& options, const face::AuVocabulary& vocabulary) {
  EvalTables tables;
  for (const auto& table : options.au_tables) {
    tables.au.add(table, [&](const std::string& text, const std::string& name) {
      return read_intensities(text, name, vocabulary);
    });
  }
  for (const auto& table : options.identity_tables) tables.identity.add(table, read_vectors);
  for (const auto& table : options.pose_tables) tables.pose.add(table, read_poses);
  return tables;
}

}  // namespace magicface::app
