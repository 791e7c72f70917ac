// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/csv.hpp"

#include <csv.h>

#include <algorithm>
#include <new>
#include <utility>

#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"

namespace magicface {
namespace {

/// libcsv's parser, freed whatever happens.
struct Parser {
  Parser() {
    if (csv_init(&state, CSV_STRICT | CSV_STRICT_FINI) != 0) throw std::bad_alloc();
  }
  ~Parser() { csv_free(&state); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  csv_parser state{};
};

void add_field(void* text, std::size_t size, void* fields) {
  static_cast<std::vector<std::string>*>(fields)->emplace_back(static_cast<const char*>(text), size);
}

std::string formatted(std::string field) {
  std::replace_if(
      field.begin(), field.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  if (field.find_first_of(",\" ") == std::string::npos) return field;
  std::string quoted(2 * field.size() + 2, '\0');
  quoted.resize(csv_write(quoted.data(), quoted.size(), field.data(), field.size()));
  return quoted;
}

}  // namespace

std::vector<CsvRow> parse_csv(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<CsvRow> rows;
  std::size_t number = 0;
  for (const auto& line : split(text, '\n')) {
    ++number;
    if (trim(line).empty()) continue;
    auto fields = parse_csv_row(line);
    if (!fields) {
      throw ItemError("line " + std::to_string(number) + ": broken quotes; a quote inside a quoted field is doubled");
    }
    rows.push_back({number, std::move(*fields)});
  }
  return rows;
}

std::vector<CsvRow> parse_given_csv(std::string_view text, const std::string& where) {
  try {
    return parse_csv(text);
  } catch (const ItemError& problem) {
    throw UsageError(where + ": " + problem.what());
  }
}

void expect_fields_of_header(const CsvRow& row, const CsvRow& header, const std::string& where) {
  if (row.fields.size() == header.fields.size()) return;
  throw UsageError(where + ": expected " + std::to_string(header.fields.size()) + " fields as in the header, got " +
                   std::to_string(row.fields.size()));
}

bool is_missing(std::string_view field) {
  const auto word = lower_case(trim(field));
  return word.empty() || word == "nan" || word == "-nan";
}

std::optional<std::vector<std::string>> parse_csv_row(const std::string& line) {
  Parser parser;
  std::vector<std::string> fields;
  if (csv_parse(&parser.state, line.data(), line.size(), &add_field, nullptr, &fields) != line.size())
    return std::nullopt;
  if (csv_fini(&parser.state, &add_field, nullptr, &fields) != 0) return std::nullopt;
  return fields;
}

std::string format_csv_row(const std::vector<std::string>& fields) {
  std::string row;
  for (std::size_t i = 0; i < fields.size(); ++i) row += (i > 0 ? "," : "") + formatted(fields[i]);
  return row;
}

}  // namespace magicface
