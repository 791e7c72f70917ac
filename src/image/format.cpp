// SPDX-License-Identifier: Apache-2.0
#include "magicface/image/format.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"

namespace magicface::image {
namespace {

constexpr std::array<std::pair<std::string_view, Format>, 7> kNames{{{"png", Format::png},
                                                                     {"jpg", Format::jpg},
                                                                     {"jpeg", Format::jpg},
                                                                     {"webp", Format::webp},
                                                                     {"tiff", Format::tiff},
                                                                     {"tif", Format::tiff},
                                                                     {"bmp", Format::bmp}}};

constexpr std::array<std::string_view, 21> kOthers{"gif", "apng", "heic", "heif", "avif", "jxl", "jp2",
                                                   "psd", "xcf",  "svg",  "ico",  "exr",  "hdr", "dng",
                                                   "raw", "cr2",  "cr3",  "nef",  "arw",  "orf", "rw2"};

std::optional<Format> find(std::string_view name) {
  const auto lower = lower_case(name);
  for (const auto& [known, format] : kNames) {
    if (known == lower) return format;
  }
  return std::nullopt;
}

/// Without the dot.
std::string extension_in(const std::filesystem::path& path) {
  const auto extension = path.extension().string();
  return extension.empty() ? extension : extension.substr(1);
}

}  // namespace

Format format_from_name(std::string_view name) {
  if (const auto format = find(name)) return *format;
  std::vector<std::string> known;
  for (const auto& entry : kNames) known.emplace_back(entry.first);
  throw UsageError("picture format '" + std::string(name) + "': expected png, jpg, webp, tiff or bmp; nearest is '" +
                   nearest(name, known) + "'");
}

std::optional<Format> format_of_path(const std::filesystem::path& path) { return find(extension_in(path)); }

bool is_lossy(Format format) { return format == Format::jpg || format == Format::webp; }

bool is_other_picture(const std::filesystem::path& path) {
  return std::find(kOthers.begin(), kOthers.end(), lower_case(extension_in(path))) != kOthers.end();
}

std::string extension_of(Format format) {
  for (const auto& [name, known] : kNames) {
    if (known == format) return std::string(1, '.').append(name);  // the first spelling is the one we write
  }
  throw UsageError("picture format: expected png, jpg, webp, tiff or bmp");
}

}  // namespace magicface::image
