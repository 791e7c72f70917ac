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

std::optional<Format> find(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  for (const auto& [known, format] : kNames) {
    if (known == lower) return format;
  }
  return std::nullopt;
}

}  // namespace

Format format_from_name(std::string_view name) {
  if (const auto format = find(name)) return *format;
  std::vector<std::string> known;
  for (const auto& entry : kNames) known.emplace_back(entry.first);
  throw UsageError("picture format '" + std::string(name) + "': expected png, jpg, webp, tiff or bmp; nearest is '" +
                   nearest(name, known) + "'");
}

std::optional<Format> format_of_path(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  return extension.size() < 2 ? std::nullopt : find(std::string_view(extension).substr(1));
}

std::string extension_of(Format format) {
  for (const auto& [name, known] : kNames) {
    if (known == format) return std::string(1, '.').append(name);  // the first spelling is the one we write
  }
  throw UsageError("picture format: expected png, jpg, webp, tiff or bmp");
}

}  // namespace magicface::image
