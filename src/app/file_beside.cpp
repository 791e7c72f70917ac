// SPDX-License-Identifier: Apache-2.0
#include "file_beside.hpp"

#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/image/format.hpp"

namespace magicface::app {
namespace fs = std::filesystem;

std::optional<fs::path> file_beside(const std::string& flag, const std::optional<fs::path>& named,
                                    const fs::path& input) {
  if (!named || !fs::is_directory(*named)) return named;
  const auto stem = input.stem().string();
  // Most are found without listing the folder, which has as many pictures as there are inputs.
  for (const auto& extension : {input.extension().string(), std::string(".png")}) {
    if (auto file = *named / (stem + extension); is_file(file)) return file;
  }
  for (const auto& entry : fs::directory_iterator(*named)) {
    if (entry.path().stem() == stem && image::format_of_path(entry.path())) return entry.path();
  }
  throw ItemError(flag + " " + named->string() + ": no picture named " + stem + ".* in it");
}

}  // namespace magicface::app
