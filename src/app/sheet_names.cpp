// SPDX-License-Identifier: Apache-2.0
#include "sheet_names.hpp"

#include <string>

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

fs::path with_suffix(const fs::path& file, const std::string& suffix) {
  return file.parent_path() / (file.stem().string() + suffix + file.extension().string());
}

}  // namespace

fs::path comparison_of(const fs::path& output) { return with_suffix(output, "_compare"); }

fs::path video_of(const SheetOptions& sheets, const fs::path& input, bool many_inputs) {
  const auto& file = sheets.sweep_video.value();
  return many_inputs ? with_suffix(file, "_" + input.stem().string()) : file;
}

}  // namespace magicface::app
