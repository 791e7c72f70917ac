// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "recorded_run.hpp"
#include "report_figures.hpp"

namespace magicface::app {

/// Collects what the page shows (src/app/report/report.js reads it).
class ReportData {
 public:
  ReportData(int size, int quality, ReportFigures& figures) : size_(size), quality_(quality), figures_(figures) {}

  /// @param run the name of its run, when there are several; empty: the only one
  /// @returns what is wrong with the item's pictures; the item is shown all the same.
  std::optional<std::string> add(const RecordedItem& item, const std::string& run = {});
  nlohmann::ordered_json json(const std::string& title) const;

 private:
  std::string picture(const std::filesystem::path& file) const;
  nlohmann::ordered_json source(const std::filesystem::path& file);

  int size_, quality_;
  ReportFigures& figures_;
  std::map<std::filesystem::path, std::size_t> source_index_;
  nlohmann::ordered_json sources_ = nlohmann::ordered_json::array(), items_ = nlohmann::ordered_json::array();
};

}  // namespace magicface::app
