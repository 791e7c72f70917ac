// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace magicface::app {

/// A row of a table about pictures.
struct PictureRow {
  std::size_t line = 0;        ///< in the file, from 1
  std::vector<double> values;  ///< none: the program read no face there
};

/// Numbers that another program has read from pictures, found by the picture's path.
class PictureTable {
 public:
  /// @param flag that named the tables, for messages: "--au-table"
  explicit PictureTable(std::string flag) : flag_(std::move(flag)) {}

  /// Reads the rows of a CSV's text; `name` is the file's, for messages.
  using Reader = std::function<std::vector<PictureRow>(const std::string& text, const std::string& name)>;
  /// @param table a CSV with a column `file`, `filename`, `image` or `path` (paths from the table's folder or the
  /// current one); or a folder of CSVs with one row, named as the picture, as OpenFace writes them (without a row where
  /// it found no face).
  /// @throws NoInputError, UsageError: no such column, two rows for a picture, and what `read` throws.
  void add(const std::filesystem::path& table, const Reader& read);

  bool empty() const { return source_.empty(); }
  /// For people: the tables' names and hashes.
  const std::string& source() const { return source_; }
  /// A row of a folder is for the first picture of its name that asks: of another one (a source and its edit, pictures
  /// of two methods) the folder doesn't say whose it is. @throws ItemError when no table has the picture, or for
  /// another, or without values.
  const std::vector<double>& find(const std::filesystem::path& picture);

 private:
  void add_file(const std::filesystem::path& file, const Reader& read);
  void add_folder(const std::filesystem::path& folder, const Reader& read);
  void add_row(const std::filesystem::path& key, std::vector<double> values, const std::string& where);

  std::string flag_, source_;
  std::map<std::filesystem::path, std::vector<double>> by_path_;            ///< empty: a row without values
  std::map<std::filesystem::path, std::filesystem::path> picture_of_stem_;  ///< canonical
};

/// Where a table's header names its pictures; the header's size where it doesn't.
std::size_t picture_column(const std::vector<std::string>& header);

}  // namespace magicface::app
