// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "magicface/face/action_units.hpp"

namespace magicface::app {

/// Intensities that another program has read from pictures, found by the picture's path.
class AuTables {
 public:
  /// @param tables CSV files of OpenFace's or LibreFace's columns with a column `file`, `filename`, `image` or `path` (paths from
  /// the table's folder or the current one); or a folder of tables with one row, named as the picture, as OpenFace writes them.
  /// @throws NoInputError, UsageError: no such column, an action unit of the vocabulary is missing, two rows for a picture.
  AuTables(const std::vector<std::filesystem::path>& tables, const face::AuVocabulary& vocabulary);

  bool empty() const { return source_.empty(); }
  /// For people: the tables' names and hashes.
  const std::string& source() const { return source_; }
  /// @throws ItemError when no table has the picture.
  const std::vector<double>& find(const std::filesystem::path& picture) const;

 private:
  void read_table(const std::filesystem::path& table, const face::AuVocabulary& vocabulary);
  void read_folder(const std::filesystem::path& folder, const face::AuVocabulary& vocabulary);
  void add(const std::filesystem::path& key, std::vector<double> values, const std::string& where);

  std::string source_;
  std::map<std::filesystem::path, std::vector<double>> by_path_;
};

}  // namespace magicface::app
