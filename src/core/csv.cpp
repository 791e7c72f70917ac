// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/csv.hpp"

#include <csv.h>

#include <algorithm>
#include <new>

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

}  // namespace

std::vector<CsvRow> parse_csv(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<CsvRow> rows;
  std::size_t number = 0;
  for (const auto& line : split(text, '\n')) {
    ++number;
    if (trim(line).empty()) continue;
    Parser parser;
    CsvRow row{number, {}};
    if (csv_parse(&parser.state, line.data(), line.size(), &add_field, nullptr, &row.fields) != line.size() ||
        csv_fini(&parser.state, &add_field, nullptr, &row.fields) != 0) {
      throw ItemError("line " + std::to_string(number) + ": broken quotes; a quote inside a quoted field is doubled");
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string csv_field(const std::string& text) {
  std::string field = text;
  std::replace_if(field.begin(), field.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  if (field.find_first_of(",\" ") == std::string::npos) return field;
  std::string quoted(2 * field.size() + 2, '\0');
  quoted.resize(csv_write(quoted.data(), quoted.size(), field.data(), field.size()));
  return quoted;
}

}  // namespace magicface
