// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace magicface::image {

/// The file formats that are read and written. Anything else OpenCV could decode is refused on purpose: fewer decoders
/// see untrusted bytes.
enum class Format { png, jpg, webp, tiff, bmp };

/// "png", "jpg" or "jpeg", "webp", "tiff" or "tif", "bmp"; case ignored. @throws UsageError naming the nearest one.
Format format_from_name(std::string_view name);

/// By the extension, case ignored; nullopt for a path without one of ours.
std::optional<Format> format_of_path(const std::filesystem::path& path);

/// Whether a picture of the format loses something, as much as its quality says.
bool is_lossy(Format format);

/// Whether the extension is of a kind of picture that is neither read nor written: GIF, HEIC, cameras' raw files, ...
bool is_other_picture(const std::filesystem::path& path);

/// With the dot, as std::filesystem::path::extension gives it: ".png", ".jpg", ".webp", ".tiff", ".bmp".
std::string extension_of(Format format);

}  // namespace magicface::image
