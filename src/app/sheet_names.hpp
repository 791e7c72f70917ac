// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "magicface/app/edit_wishes.hpp"

/// What the pictures for people are called, so that the plan can keep their names apart from the outputs'.
namespace magicface::app {

/// Of --compare: `NAME_compare` beside the output.
std::filesystem::path comparison_of(const std::filesystem::path& output);

/// Of --sweep-video: `FILE`, or `FILE_STEM` where several inputs have one each.
std::filesystem::path video_of(const SheetOptions& sheets, const std::filesystem::path& input, bool many_inputs);

}  // namespace magicface::app
