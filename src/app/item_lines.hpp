// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "record_file.hpp"

namespace magicface::app {

/// An `item` line and where its run's relative paths start.
struct ItemLine {
  RecordJson record;
  std::filesystem::path folder;
};

/// Of the lines of one record file those that count (docs/records.md): of an output the last one that is ok, else the
/// last. A failure without an output, a broken line of a job file, counts until that line has an output: it was mended.
class ItemLines {
 public:
  /// A line of any event. @throws RecordJson::exception for an item that isn't as documented
  void add(const RecordJson& line);
  /// An `item` line whose run's paths start at `folder`.
  void add_item(const RecordJson& line, const std::filesystem::path& folder);
  /// By number.
  std::vector<ItemLine> lines() const;

 private:
  std::filesystem::path folder_;  ///< of the run whose lines are being read
  std::map<std::string, ItemLine> last_;
};

}  // namespace magicface::app
