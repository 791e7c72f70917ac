// SPDX-License-Identifier: Apache-2.0
#include "csv_row.hpp"

#include <csv.h>

#include <algorithm>
#include <new>

namespace magicface::app {
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
  for (std::size_t i = 0; i < fields.size(); ++i) {
    auto field = fields[i];
    std::replace_if(
        field.begin(), field.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    if (field.find_first_of(",\" ") != std::string::npos) {
      std::string quoted(2 * field.size() + 2, '\0');
      quoted.resize(csv_write(quoted.data(), quoted.size(), field.data(), field.size()));
      field = std::move(quoted);
    }
    row += (i > 0 ? "," : "") + field;
  }
  return row;
}

}  // namespace magicface::app
