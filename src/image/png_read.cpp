// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cstring>

#include "codecs.hpp"
#include "png_session.hpp"
#include "png_texts.hpp"

namespace magicface::image {
namespace {

/// Metadata larger than this isn't metadata; libpng's own limit of 8 MB refuses some cameras' profiles and packets.
constexpr png_alloc_size_t kMostChunkBytes = png_alloc_size_t{64} << 20;

struct Source {
  Bytes bytes;
  std::size_t at = 0;
};

void read_bytes(png_structp png, png_bytep to, std::size_t count) {
  auto& source = *static_cast<Source*>(png_get_io_ptr(png));
  if (count > source.bytes.size() - source.at) png_error(png, "the file ends before the picture does");
  std::memcpy(to, source.bytes.data() + source.at, count);
  source.at += count;
}

void start(PngSession& session, Source& source) {
  png_set_read_fn(session.png(), &source, &read_bytes);
  png_set_chunk_malloc_max(session.png(), kMostChunkBytes);
  // Texts are read without libpng (png_texts.hpp), suggested palettes by nobody.
  constexpr png_byte kSkipped[] = "tEXt\0zTXt\0iTXt\0sPLT";
  png_set_keep_unknown_chunks(session.png(), PNG_HANDLE_CHUNK_NEVER, kSkipped, 4);
  session.guarded([&] { png_read_info(session.png(), session.info()); });
}

void read_colour(PngSession& session, Metadata& metadata) {
  const auto png = session.png();
  const auto info = session.info();
  png_charp name = nullptr;
  int method = 0;
  png_bytep profile = nullptr;
  png_uint_32 length = 0;
  if (png_get_iCCP(png, info, &name, &method, &profile, &length) != 0) metadata.icc.assign(profile, profile + length);
  int intent = 0;
  if (png_get_sRGB(png, info, &intent) != 0) metadata.png_colour.srgb_intent = intent;
  // libpng derives gamma and primaries from a profile; only what the file itself says is kept.
  double gamma = 0;
  std::array<double, 8> c{};
  if (!metadata.icc.empty() || metadata.png_colour.srgb_intent) return;
  if (png_get_gAMA(png, info, &gamma) != 0) metadata.png_colour.gamma = gamma;
  if (png_get_cHRM(png, info, &c[0], &c[1], &c[2], &c[3], &c[4], &c[5], &c[6], &c[7]) != 0) {
    metadata.png_colour.chromaticities = c;
  }
}

Metadata metadata_of(PngSession& session) {
  Metadata metadata;
  read_colour(session, metadata);
  png_bytep exif = nullptr;
  png_uint_32 length = 0;
  if (png_get_eXIf_1(session.png(), session.info(), &length, &exif) != 0) metadata.exif.assign(exif, exif + length);
  png_uint_32 across = 0, down = 0;
  int unit = 0;
  if (png_get_pHYs(session.png(), session.info(), &across, &down, &unit) != 0 && unit == PNG_RESOLUTION_METER) {
    metadata.density = {static_cast<double>(across), static_cast<double>(down)};
  }
  return metadata;
}

/// Among a PNG's texts is its XMP.
void add_texts(Decoded& decoded, Bytes bytes) {
  auto [texts, complete] = read_png_texts(bytes);
  for (auto& text : texts) {
    if (text.keyword == kXmpKeyword) {
      decoded.metadata.xmp.assign(text.text.begin(), text.text.end());
    } else if (!text.keyword.starts_with("Raw profile type ")) {  // ImageMagick's EXIF: an orientation could hide in it
      decoded.metadata.texts.push_back(std::move(text));
    }
  }
  if (!complete) decoded.warnings.emplace_back("more than 16 MB or 1000 texts in a PNG; the rest of them is left out");
}

}  // namespace

Decoded decode_png(Bytes bytes, cv::Size expected) {
  PngSession session(PngSession::Direction::read);
  Source source{bytes};
  start(session, source);
  const auto png = session.png();
  const auto info = session.info();
  check_size(expected, png_get_image_width(png, info), png_get_image_height(png, info));
  session.guarded([&] {
    png_set_expand(png);  // palettes, less than 8 bits, transparent colours
    if constexpr (std::endian::native == std::endian::little) png_set_swap(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
  });
  const int depth = png_get_bit_depth(png, info) == 16 ? CV_16U : CV_8U;
  Decoded decoded;
  decoded.pixels.create(expected, CV_MAKETYPE(depth, png_get_channels(png, info)));
  std::vector<png_bytep> rows;
  for (int y = 0; y < decoded.pixels.rows; ++y) rows.push_back(decoded.pixels.ptr(y));
  session.guarded([&] {
    png_read_image(png, rows.data());
    png_read_end(png, info);  // metadata may follow the pixels
  });
  decoded.metadata = metadata_of(session);
  add_texts(decoded, bytes);
  return decoded;
}

std::optional<std::string> read_png_parameters(std::span<const std::uint8_t> bytes) {
  for (auto& text : read_png_texts(bytes).texts) {
    if (text.keyword == kParametersKeyword) return std::move(text.text);
  }
  return std::nullopt;
}

}  // namespace magicface::image
