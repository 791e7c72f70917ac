// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

#include "magicface/image/metadata.hpp"
#include "record_file.hpp"

/// What a PNG says of how it was made: the text `magicface`, JSON, beside the `parameters` that image tools read.
namespace magicface::app {

/// Replaces an earlier one, of a picture that is edited again.
void put_record_into(image::Metadata& metadata, const RecordJson& record);

/// The record of a picture, in the fields of an `item` line. Files that it names are looked for beside the picture and
/// in the current folder. Nothing when `file` isn't a picture. @throws UsageError when it says nothing
std::optional<RecordJson> record_of_picture(const std::filesystem::path& file);

}  // namespace magicface::app
