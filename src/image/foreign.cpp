// SPDX-License-Identifier: Apache-2.0
#include "foreign.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace magicface::image {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kStill = "; save one still frame of it as PNG";
constexpr std::string_view kConvert = "; convert it to PNG or JPEG, e.g. with ImageMagick";

constexpr std::string_view kDevelop = "; develop it and export a TIFF or JPEG";

struct Kind {
  std::size_t at;
  std::string_view signature;
  std::string_view name;
  std::string_view remedy;
};

constexpr std::array kKinds{
    Kind{0, "GIF87a"sv, "a GIF picture", kStill},
    Kind{0, "GIF89a"sv, "a GIF picture", kStill},
    Kind{0, "\0\0\0\x0CJXL "sv, "a JPEG XL picture", kConvert},
    Kind{0, "\xFF\x0A"sv, "a JPEG XL picture", kConvert},
    Kind{0, "\0\0\0\x0CjP  "sv, "a JPEG 2000 picture", kConvert},
    Kind{0, "\xFF\x4F\xFF\x51"sv, "a JPEG 2000 picture", kConvert},
    Kind{8, "CR\x02"sv, "a camera's raw picture (CR2)", kDevelop},
    Kind{0, "II+\0"sv, "a BigTIFF picture", "; save it as an ordinary TIFF"},
    Kind{0, "MM\0+"sv, "a BigTIFF picture", "; save it as an ordinary TIFF"},
    Kind{0, "8BPS"sv, "a Photoshop document", "; export it as TIFF or PNG"},
    Kind{0, "gimp xcf"sv, "a GIMP document", "; export it as TIFF or PNG"},
    Kind{0, "%PDF"sv, "a PDF document", "; export the picture in it as PNG"},
    Kind{0, "<svg"sv, "an SVG drawing", "; expected a photograph in PNG, JPEG, WebP, TIFF or BMP"},
    Kind{0, "v/1\x01"sv, "an OpenEXR picture", "; save it as a TIFF with 16 bits"},
};

/// HEIC, AVIF, Canon's raw pictures and videos share a container; its list of brands tells them apart.
std::optional<std::string> container_kind(const ByteReader& reader) {
  if (!reader.matches(4, "ftyp"sv)) return std::nullopt;
  const auto brands = reader.part(8, std::clamp<std::size_t>(reader.u32(0), 8, 72) - 8);
  const std::string_view text(reinterpret_cast<const char*>(brands.data()), brands.size());
  const auto any_of = [&](auto... names) { return ((text.find(names) != text.npos) || ...); };
  if (any_of("avis"sv)) return std::string("an animated AVIF").append(kStill);
  if (any_of("avif"sv)) return std::string("an AVIF picture").append(kConvert);
  if (any_of("heic"sv, "heix"sv, "hevc"sv, "mif1"sv)) {
    return "a HEIC picture; export it as JPEG (on an iPhone: Settings, Camera, Formats, Most Compatible)";
  }
  if (any_of("crx "sv)) return std::string("a camera's raw picture (CR3)").append(kDevelop);
  return std::string("a video or another file of the MP4 family").append(kStill);
}

/// An APNG says so in a chunk before the pixels.
bool is_animated_png(const ByteReader& reader) {
  if (!reader.matches(0, "\x89PNG\r\n\x1a\n"sv)) return false;
  for (std::size_t at = 8; reader.has(at, 12) && !reader.matches(at + 4, "IDAT"sv);
       at += 12 + std::size_t{reader.u32(at)}) {
    if (reader.matches(at + 4, "acTL"sv)) return true;
  }
  return false;
}

bool is_animated_webp(const ByteReader& reader) {
  constexpr std::uint32_t kAnimation = 0x02;
  return reader.matches(0, "RIFF"sv) && reader.matches(8, "WEBPVP8X"sv) && (reader.u8(20) & kAnimation) != 0;
}

}  // namespace

std::optional<std::string> foreign_kind(Bytes bytes) {
  const ByteReader reader(bytes, false);
  if (is_animated_png(reader)) return std::string("an animated PNG").append(kStill);
  if (is_animated_webp(reader)) return std::string("an animated WebP").append(kStill);
  if (auto kind = container_kind(reader)) return kind;
  for (const auto& kind : kKinds) {
    if (reader.matches(kind.at, kind.signature)) return std::string(kind.name).append(kind.remedy);
  }
  return std::nullopt;
}

}  // namespace magicface::image
