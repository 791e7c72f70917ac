// SPDX-License-Identifier: Apache-2.0
#include "eval_au_tables.hpp"

#include <algorithm>

#include "magicface/core/csv.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/hash.hpp"
#include "magicface/face/au_table.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

constexpr std::uintmax_t kMaxCsv = std::uintmax_t{256} << 20;
constexpr std::size_t kShownHash = 8;

std::string text_of(const fs::path& file) {
  const auto bytes = read_file(file, kMaxCsv);
  return {bytes.begin(), bytes.end()};
}

std::vector<double> complete(const face::AuRow& row, const std::string& table, const face::AuVocabulary& vocabulary) {
  std::vector<double> values;
  for (std::size_t i = 0; i < vocabulary.size(); ++i) {
    if (!row.value[i])
      throw UsageError("--au-table " + table + ": no column for " + vocabulary.names()[i] + ", which the bundle edits");
    values.push_back(*row.value[i]);
  }
  return values;
}

/// Where a table names its pictures: from its own folder, or from the current one as `magicface estimate` does.
fs::path picture_of(const std::string& name, const fs::path& folder) {
  return fs::weakly_canonical(fs::exists(folder / name) ? folder / name : fs::path(name));
}

/// Tables of a folder are found by the picture's stem; no picture has this parent.
fs::path stem_key(const fs::path& picture) { return fs::path("stem") / picture.stem(); }

}  // namespace

AuTables::AuTables(const std::vector<fs::path>& tables, const face::AuVocabulary& vocabulary) {
  for (const auto& table : tables) {
    if (!fs::exists(table)) throw NoInputError("--au-table " + table.string() + ": no such file or folder");
    fs::is_directory(table) ? read_folder(table, vocabulary) : read_table(table, vocabulary);
  }
}

void AuTables::add(const fs::path& key, std::vector<double> values, const std::string& where) {
  const auto [place, added] = by_path_.emplace(key, std::move(values));
  if (!added)
    throw UsageError("--au-table " + where + ": a second row for " + place->first.string() + "; keep one face for a picture");
}

void AuTables::read_table(const fs::path& table, const face::AuVocabulary& vocabulary) {
  const auto text = text_of(table);
  const auto parsed = face::parse_au_table(text, table.string(), vocabulary);
  const auto rows = parse_csv(text);
  const auto& header = rows.front().fields;
  static const std::vector<std::string> kNames{"file", "filename", "image", "path"};
  const auto column = std::find_first_of(header.begin(), header.end(), kNames.begin(), kNames.end()) - header.begin();
  if (column == static_cast<std::ptrdiff_t>(header.size())) {
    throw UsageError("--au-table " + table.string() +
                     ": expected a column with the pictures' names: file, filename, image or path");
  }
  auto row = rows.begin() + 1;
  for (const auto& values : parsed.rows) {
    while (row->line != values.line) ++row;
    add(picture_of(row->fields[static_cast<std::size_t>(column)], table.parent_path()),
        complete(values, table.string(), vocabulary), table.string() + ":" + std::to_string(values.line));
  }
  source_ += (source_.empty() ? "" : ", ") + table.filename().string() + " " + sha256_of_file(table).substr(0, kShownHash);
}

void AuTables::read_folder(const fs::path& folder, const face::AuVocabulary& vocabulary) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".csv") continue;
    const auto name = entry.path().string();
    const auto table = face::parse_au_table(text_of(entry.path()), name, vocabulary);
    if (table.rows.size() != 1)
      throw UsageError("--au-table " + name + ": expected one face, got " + std::to_string(table.rows.size()));
    add(stem_key(entry.path()), complete(table.rows[0], name, vocabulary), name);
  }
  source_ += (source_.empty() ? "" : ", ") + folder.string() + "/";
}

const std::vector<double>& AuTables::find(const fs::path& picture) const {
  auto found = by_path_.find(fs::weakly_canonical(picture));
  if (found == by_path_.end()) found = by_path_.find(stem_key(picture));
  if (found == by_path_.end()) throw ItemError("no row of --au-table is for this picture");
  return found->second;
}

}  // namespace magicface::app
