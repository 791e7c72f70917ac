// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <opencv2/imgproc.hpp>

#include "codecs.hpp"
#include "tiff_exif.hpp"
#include "tiff_session.hpp"

namespace magicface::image {
namespace {

struct Layout {
  int width = 0, height = 0;
  int bits = 0, samples = 0;
  std::uint16_t format = 0, photometric = 0, extra_sample = EXTRASAMPLE_UNASSALPHA;
  bool separate = false;  ///< a plane per channel
  int orientation = 1;
};

Layout layout_of(TiffSession& session) {
  Layout layout;
  layout.width = static_cast<int>(session.value<std::uint32_t>(TIFFTAG_IMAGEWIDTH));
  layout.height = static_cast<int>(session.value<std::uint32_t>(TIFFTAG_IMAGELENGTH));
  layout.bits = session.value<std::uint16_t>(TIFFTAG_BITSPERSAMPLE);
  layout.samples = session.value<std::uint16_t>(TIFFTAG_SAMPLESPERPIXEL);
  layout.format = session.value<std::uint16_t>(TIFFTAG_SAMPLEFORMAT);
  layout.photometric = session.value<std::uint16_t>(TIFFTAG_PHOTOMETRIC);
  layout.separate = session.value<std::uint16_t>(TIFFTAG_PLANARCONFIG) == PLANARCONFIG_SEPARATE;
  layout.orientation = session.value<std::uint16_t>(TIFFTAG_ORIENTATION);
  std::uint16_t count = 0;
  const std::uint16_t* kinds = nullptr;
  if (TIFFGetField(session.get(), TIFFTAG_EXTRASAMPLES, &count, &kinds) != 0 && count == 1) layout.extra_sample = *kinds;
  return layout;
}

/// A raw picture has its preview where a TIFF has its picture.
void refuse_preview(TiffSession& session) {
  if ((session.value<std::uint32_t>(TIFFTAG_SUBFILETYPE) & FILETYPE_REDUCEDIMAGE) == 0) return;
  throw CodecError("a camera's raw picture, or a TIFF that begins with a preview; develop it and export a TIFF or JPEG");
}

/// Previews and masks beside the picture are usual; a second picture is a second page.
int count_pages(TiffSession& session) {
  int pages = 0;
  do {
    const auto kind = session.value<std::uint32_t>(TIFFTAG_SUBFILETYPE);
    if ((kind & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) == 0) ++pages;
  } while (pages < 2 && TIFFReadDirectory(session.get()) != 0);
  TIFFSetDirectory(session.get(), 0);
  return pages;
}

void refuse_by_name(const Layout& layout) {
  switch (layout.photometric) {
    case PHOTOMETRIC_SEPARATED:
      throw CodecError("a TIFF in CMYK (for printing); convert it to RGB with its colour profile and save it again");
    case PHOTOMETRIC_CIELAB:
    case PHOTOMETRIC_ICCLAB:
    case PHOTOMETRIC_ITULAB:
      throw CodecError("a TIFF in Lab colours; convert it to RGB and save it again");
    case PHOTOMETRIC_LOGL:
    case PHOTOMETRIC_LOGLUV:
      throw CodecError("a TIFF in logarithmic (HDR) colours; save it as RGB with 16 bits");
    default:
      break;
  }
  if (layout.format == SAMPLEFORMAT_IEEEFP) {
    throw CodecError("expected 8 or 16 bits per channel, got floating point; save it as 16 bit");
  }
  if (layout.bits > 16) {
    throw CodecError("expected 8 or 16 bits per channel, got " + std::to_string(layout.bits) + "; save it as 16 bit");
  }
}

/// Grey or RGB in whole bytes: read as stored. The rest (palettes, bilevel, YCbCr) goes through libtiff's conversion.
bool is_plain(const Layout& layout, std::uint16_t compression) {
  const bool grey = layout.photometric == PHOTOMETRIC_MINISBLACK || layout.photometric == PHOTOMETRIC_MINISWHITE;
  const int colours = grey ? 1 : 3;
  return (grey || layout.photometric == PHOTOMETRIC_RGB) && (layout.bits == 8 || layout.bits == 16) &&
         layout.format == SAMPLEFORMAT_UINT && (layout.samples == colours || layout.samples == colours + 1) &&
         compression != COMPRESSION_OJPEG;
}

/// Strips and tiles alike: a strip is a tile as wide as the picture.
cv::Mat read_blocks(TiffSession& session, const Layout& layout) {
  auto* tiff = session.get();
  const bool tiled = TIFFIsTiled(tiff) != 0;
  const int across = tiled ? static_cast<int>(session.value<std::uint32_t>(TIFFTAG_TILEWIDTH)) : layout.width;
  const auto rows = session.value<std::uint32_t>(tiled ? TIFFTAG_TILELENGTH : TIFFTAG_ROWSPERSTRIP);
  const int down = tiled ? static_cast<int>(rows) : static_cast<int>(std::min<std::uint32_t>(rows, static_cast<std::uint32_t>(layout.height)));
  const int depth = layout.bits == 16 ? CV_16U : CV_8U;
  const int channels = layout.separate ? 1 : layout.samples;
  cv::Mat pixels = cv::Mat::zeros(layout.height, layout.width, CV_MAKETYPE(depth, layout.samples));
  // A damaged header may ask for tiles far larger than the picture.
  constexpr int kMostTileSide = 4096;
  if (across < 1 || down < 1 || (tiled && (across > kMostTileSide || down > kMostTileSide))) {
    session.fail("tiles of " + std::to_string(across) + " x " + std::to_string(down));
  }
  cv::Mat block(down, across, CV_MAKETYPE(depth, channels));
  const auto block_bytes = static_cast<tmsize_t>(block.total() * block.elemSize());
  for (int plane = 0; plane < (layout.separate ? layout.samples : 1); ++plane) {
    for (int y = 0; y < layout.height; y += down) {
      for (int x = 0; x < layout.width; x += across) {
        const auto column = static_cast<std::uint32_t>(x), row = static_cast<std::uint32_t>(y);
        const auto sample = static_cast<std::uint16_t>(plane);
        const cv::Rect part(x, y, std::min(across, layout.width - x), std::min(down, layout.height - y));
        const auto got = tiled ? TIFFReadEncodedTile(tiff, TIFFComputeTile(tiff, column, row, 0, sample), block.data, block_bytes)
                               : TIFFReadEncodedStrip(tiff, TIFFComputeStrip(tiff, row, sample), block.data, block_bytes);
        const auto needed = tiled ? block_bytes : static_cast<tmsize_t>(block.step) * part.height;
        if (got < needed) session.fail("its pixels are incomplete");
        const cv::Mat filled = block(cv::Rect(0, 0, part.width, part.height));
        cv::Mat target = pixels(part);
        if (layout.separate) {
          cv::insertChannel(filled, target, plane);
        } else {
          filled.copyTo(target);
        }
      }
    }
  }
  return pixels;
}

cv::Mat read_converted(TiffSession& session, const Layout& layout) {
  char reason[1024] = "";
  if (TIFFRGBAImageOK(session.get(), reason) == 0) session.fail(reason);
  cv::Mat rgba(layout.height, layout.width, CV_8UC4);
  // In the stored order; turning it upright is done for all formats in one place.
  if (TIFFReadRGBAImageOriented(session.get(), static_cast<std::uint32_t>(layout.width),
                                static_cast<std::uint32_t>(layout.height), reinterpret_cast<std::uint32_t*>(rgba.data),
                                layout.orientation, 1) == 0) {
    session.fail("its pixels are incomplete");
  }
  cv::Mat pixels;
  const bool grey = layout.samples == 1 && layout.photometric <= PHOTOMETRIC_MINISBLACK;
  if (grey) {
    cv::extractChannel(rgba, pixels, 0);
  } else {
    cv::cvtColor(rgba, pixels, cv::COLOR_RGBA2RGB);
  }
  return pixels;
}

/// Premultiplied colours as straight ones, in place.
template <typename Value>
void unmultiply(cv::Mat& pixels) {
  constexpr double kMost = std::numeric_limits<Value>::max();
  const int channels = pixels.channels();
  for (int y = 0; y < pixels.rows; ++y) {
    auto* row = pixels.ptr<Value>(y);
    for (int x = 0; x < pixels.cols; ++x, row += channels) {
      const Value alpha = row[channels - 1];
      for (int c = 0; alpha != 0 && c < channels - 1; ++c) row[c] = cv::saturate_cast<Value>(row[c] * kMost / alpha);
    }
  }
}

std::optional<Metadata::Density> density_of(TiffSession& session) {
  const auto unit = session.value<std::uint16_t>(TIFFTAG_RESOLUTIONUNIT);
  const double per_metre = unit == RESUNIT_INCH ? 1 / 0.0254 : unit == RESUNIT_CENTIMETER ? 100 : 0;
  const double across = session.value<float>(TIFFTAG_XRESOLUTION) * per_metre;
  const double down = session.value<float>(TIFFTAG_YRESOLUTION) * per_metre;
  if (!(across > 0 && across < 1e7 && down > 0 && down < 1e7)) return std::nullopt;
  return Metadata::Density{across, down};
}

}  // namespace

Decoded decode_tiff(Bytes bytes, cv::Size expected) {
  TiffSession session(bytes);
  refuse_preview(session);
  if (count_pages(session) > 1) throw CodecError("a TIFF with several pages; save the page to edit as a picture of its own");
  const Layout layout = layout_of(session);
  check_size(expected, layout.width, layout.height);
  refuse_by_name(layout);
  Decoded decoded;
  decoded.orientation = layout.orientation;
  const auto compression = session.value<std::uint16_t>(TIFFTAG_COMPRESSION);
  if (is_plain(layout, compression)) {
    decoded.pixels = read_blocks(session, layout);
    if (layout.photometric == PHOTOMETRIC_MINISWHITE) cv::bitwise_not(decoded.pixels, decoded.pixels);
    if (has_alpha(decoded.pixels) && layout.extra_sample == EXTRASAMPLE_ASSOCALPHA) {
      layout.bits == 16 ? unmultiply<std::uint16_t>(decoded.pixels) : unmultiply<std::uint8_t>(decoded.pixels);
    }
  } else {
    decoded.pixels = read_converted(session, layout);
  }
  decoded.metadata.icc = session.bytes_of(TIFFTAG_ICCPROFILE);
  decoded.metadata.exif = exif_of_tiff(bytes);
  decoded.metadata.xmp = session.bytes_of(TIFFTAG_XMLPACKET);
  decoded.metadata.density = density_of(session);
  decoded.metadata.coding.tiff_compression = compression;
  return decoded;
}

}  // namespace magicface::image
