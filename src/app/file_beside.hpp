// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace magicface::app {

/// The mask or condition image that goes with `input`: `named` itself, or in the folder `named` the picture with the
/// input's stem. @throws ItemError when that folder has none
std::optional<std::filesystem::path> file_beside(const std::string& flag,
                                                 const std::optional<std::filesystem::path>& named,
                                                 const std::filesystem::path& input);

}  // namespace magicface::app
