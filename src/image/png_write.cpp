// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>

#include "codecs.hpp"
#include "magicface/core/utf8.hpp"
#include "png_session.hpp"

namespace magicface::image {
namespace {

void write_bytes(png_structp png, png_bytep from, std::size_t count) {
  auto& file = *static_cast<std::vector<std::uint8_t>*>(png_get_io_ptr(png));
  file.insert(file.end(), from, from + count);
}

/// As tEXt when Latin-1 can hold it, which most readers expect, else as iTXt. libpng copies what it is given.
void set_text(PngSession& session, const std::string& keyword, std::string_view text) {
  const std::string valid = valid_utf8(text);
  const auto latin = keyword == kXmpKeyword ? std::nullopt : utf8_to_latin1(valid);
  std::string key = utf8_to_latin1(valid_utf8(keyword)).value_or("Comment");
  std::string content = latin.value_or(valid);
  png_text entry{};
  entry.compression = latin ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE;
  entry.key = key.data();
  entry.text = content.data();
  (latin ? entry.text_length : entry.itxt_length) = content.size();
  session.guarded([&] { png_set_text(session.png(), session.info(), &entry, 1); });
}

/// libpng refuses a profile that isn't as long as its header says, and one of version 4 that isn't a multiple of four
/// long. Both are common: programs add zeroes behind it, or forget the last ones.
std::vector<std::uint8_t> filled_profile(Bytes profile) {
  constexpr std::size_t kHeaderBytes = 128, kVersionAt = 8, kIdAt = 84, kIdBytes = 16;  // ICC.1, 7.2
  const ByteReader reader(profile, false);
  const std::size_t size = reader.u32(0), filled = (size + 3) / 4 * 4;
  std::vector<std::uint8_t> bytes(profile.begin(), profile.end());
  if (size < kHeaderBytes || size > bytes.size()) return bytes;
  bytes.resize(size);
  if (filled == size || reader.u8(kVersionAt) < 4) return bytes;
  bytes.resize(filled);
  for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(filled >> (24 - 8 * i));
  std::fill_n(bytes.begin() + kIdAt, kIdBytes, std::uint8_t{0});  // a checksum that was of the shorter one; 0: none
  return bytes;
}

void set_colour(PngSession& session, const Metadata& metadata, Bytes profile, std::vector<std::string>& warnings) {
  const auto png = session.png();
  const auto info = session.info();
  const auto& colour = metadata.png_colour;
  const auto filled = filled_profile(profile);
  session.guarded([&] {
    if (!filled.empty()) {
      png_set_iCCP(png, info, "ICC profile", PNG_COMPRESSION_TYPE_BASE, filled.data(),
                   static_cast<png_uint_32>(filled.size()));
    } else if (colour.srgb_intent) {
      png_set_sRGB(png, info, *colour.srgb_intent);
    } else {
      if (colour.gamma) png_set_gAMA(png, info, *colour.gamma);
      if (const auto& c = colour.chromaticities) {
        png_set_cHRM(png, info, (*c)[0], (*c)[1], (*c)[2], (*c)[3], (*c)[4], (*c)[5], (*c)[6], (*c)[7]);
      }
    }
  });
  if (!filled.empty() && png_get_valid(png, info, PNG_INFO_iCCP) == 0) {
    warnings.emplace_back("its colour profile is damaged and left out of the PNG; colours may look different");
  }
}

void set_metadata(PngSession& session, const Metadata& metadata, const std::string& parameters) {
  if (!metadata.exif.empty()) {
    auto exif = metadata.exif;
    session.guarded(
        [&] { png_set_eXIf_1(session.png(), session.info(), static_cast<png_uint_32>(exif.size()), exif.data()); });
  }
  if (metadata.density) {
    const auto per_metre = [](double value) { return static_cast<png_uint_32>(value + 0.5); };
    png_set_pHYs(session.png(), session.info(), per_metre(metadata.density->across), per_metre(metadata.density->down),
                 PNG_RESOLUTION_METER);
  }
  for (const auto& text : metadata.texts) {
    if (parameters.empty() || text.keyword != kParametersKeyword) set_text(session, text.keyword, text.text);
  }
  if (!parameters.empty()) set_text(session, kParametersKeyword, parameters);
  if (!metadata.xmp.empty()) {
    set_text(session, kXmpKeyword, {reinterpret_cast<const char*>(metadata.xmp.data()), metadata.xmp.size()});
  }
}

int colour_type(const cv::Mat& pixels) {
  const int colour = is_grey(pixels) ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB;
  return has_alpha(pixels) ? colour | PNG_COLOR_MASK_ALPHA : colour;
}

}  // namespace

std::vector<std::uint8_t> encode_png(const cv::Mat& pixels, const Metadata& metadata, const std::string& parameters,
                                     std::vector<std::string>& warnings) {
  constexpr int kCompression = 6;
  std::vector<std::uint8_t> file;
  PngSession session(PngSession::Direction::write);
  const auto png = session.png();
  const auto info = session.info();
  png_set_write_fn(png, &file, &write_bytes, nullptr);
  session.guarded([&] {
    png_set_compression_level(png, kCompression);
    png_set_IHDR(png, info, static_cast<png_uint_32>(pixels.cols), static_cast<png_uint_32>(pixels.rows),
                 pixels.depth() == CV_16U ? 16 : 8, colour_type(pixels), PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  });
  set_colour(session, metadata, profile_for(metadata, pixels), warnings);
  set_metadata(session, metadata, parameters);
  session.guarded([&] {
    png_write_info(png, info);
    if constexpr (std::endian::native == std::endian::little) png_set_swap(png);
    for (int y = 0; y < pixels.rows; ++y) png_write_row(png, pixels.ptr(y));
    png_write_end(png, nullptr);
  });
  return file;
}

}  // namespace magicface::image
