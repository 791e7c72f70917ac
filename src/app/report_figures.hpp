// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "recorded_run.hpp"

namespace magicface::app {

/// What `eval` said about pictures, found again by the items of a run.
class ReportFigures {
 public:
  ReportFigures() = default;
  /// Reads what `eval --json` wrote. @throws NoInputError, UsageError
  explicit ReportFigures(const std::filesystem::path& file);

  /// The figures of the item's picture: where the file says it lies, or of one that lies there no more and is named as
  /// this one is below its run. Empty without.
  nlohmann::ordered_json of(const RecordedItem& item);

  std::size_t found_by_name() const { return by_name_; }
  std::size_t missing() const { return missing_; }  ///< items with a picture that the file doesn't have

 private:
  struct Entry {
    nlohmann::ordered_json figures;
    bool gone = false;  ///< its picture, which may have moved
  };
  using Entries = std::map<std::filesystem::path, Entry>;

  const Entry* find_moved(const RecordedItem& item) const;

  Entries entries_;  ///< by the picture's canonical path
  std::multimap<std::filesystem::path, Entries::const_iterator> gone_by_filename_;
  std::size_t by_name_ = 0, missing_ = 0;
};

}  // namespace magicface::app
