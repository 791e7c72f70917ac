// SPDX-License-Identifier: Apache-2.0
#include "picture_table.hpp"

#include <algorithm>

#include "magicface/core/csv.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/hash.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

constexpr std::uintmax_t kMaxCsv = std::uintmax_t{256} << 20;
constexpr std::size_t kShownHash = 8;

std::string text_of(const fs::path& file) {
  const auto bytes = read_file(file, kMaxCsv);
  return {bytes.begin(), bytes.end()};
}

/// Where a table names its pictures: from its own folder, or from the current one as `magicface estimate` does.
fs::path picture_of(const std::string& name, const fs::path& folder) {
  return canonical_path(path_exists(folder / name) ? folder / name : fs::path(name));
}

/// Tables of a folder are found by the picture's stem; no picture has this parent.
fs::path stem_key(const fs::path& picture) { return fs::path("stem") / picture.stem(); }

}  // namespace

std::size_t picture_column(const std::vector<std::string>& header) {
  static const std::vector<std::string> kNames{"file", "filename", "image", "path"};
  return static_cast<std::size_t>(std::find_first_of(header.begin(), header.end(), kNames.begin(), kNames.end()) -
                                  header.begin());
}

void PictureTable::add(const fs::path& table, const Reader& read) {
  if (!path_exists(table)) throw NoInputError(flag_ + " " + table.string() + ": no such file or folder");
  fs::is_directory(table) ? add_folder(table, read) : add_file(table, read);
}

void PictureTable::add_row(const fs::path& key, std::vector<double> values, const std::string& where) {
  auto& known = by_path_[key];
  if (!known.empty() && !values.empty())
    throw UsageError(flag_ + " " + where + ": a second row for " + key.string() + "; keep one face for a picture");
  if (known.empty()) known = std::move(values);
}

void PictureTable::add_file(const fs::path& file, const Reader& read) {
  const auto text = text_of(file);
  const auto values = read(text, file.string());
  const auto rows = parse_csv(text);
  const auto column = picture_column(rows.front().fields);
  if (column == rows.front().fields.size()) {
    throw UsageError(flag_ + " " + file.string() +
                     ": expected a column with the pictures' names: file, filename, image or path");
  }
  auto row = rows.begin() + 1;
  for (const auto& entry : values) {
    while (row->line != entry.line) ++row;
    add_row(picture_of(row->fields[column], file.parent_path()), entry.values,
            file.string() + ":" + std::to_string(entry.line));
  }
  source_ +=
      (source_.empty() ? "" : ", ") + file.filename().string() + " " + sha256_of_file(file).substr(0, kShownHash);
}

void PictureTable::add_folder(const fs::path& folder, const Reader& read) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".csv") continue;
    const auto name = entry.path().string();
    const auto text = text_of(entry.path());
    const bool header_only = parse_given_csv(text, flag_ + " " + name).size() < 2;
    const auto rows = header_only ? std::vector<PictureRow>(1) : read(text, name);
    const auto faces = std::count_if(rows.begin(), rows.end(), [](const auto& row) { return !row.values.empty(); });
    if (faces > 1) throw UsageError(flag_ + " " + name + ": expected one face, got " + std::to_string(faces));
    for (const auto& row : rows) add_row(stem_key(entry.path()), row.values, name);
  }
  source_ += (source_.empty() ? "" : ", ") + folder.string() + "/";
}

const std::vector<double>& PictureTable::find(const fs::path& picture) {
  const auto canonical = canonical_path(picture);
  const auto values_of = [&](const std::vector<double>& row) -> const std::vector<double>& {
    if (row.empty())
      throw ItemError(picture.string() + ": no values for this picture in " + flag_ +
                      ": no face was read (success 0, "
                      "no row, an empty cell or NaN)");
    return row;
  };
  if (const auto found = by_path_.find(canonical); found != by_path_.end()) return values_of(found->second);
  const auto key = stem_key(picture);
  const auto found = by_path_.find(key);
  if (found == by_path_.end()) throw ItemError(picture.string() + ": no row of " + flag_ + " is for this picture");
  const auto& first = picture_of_stem_.emplace(key, canonical).first->second;
  if (first != canonical) {
    throw ItemError(picture.string() + ": " + flag_ + " has one row for " + picture.stem().string() + ", and " +
                    first.string() + " is named so, too; use a CSV with a file column");
  }
  return values_of(found->second);
}

}  // namespace magicface::app
