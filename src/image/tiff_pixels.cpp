// SPDX-License-Identifier: Apache-2.0
#include "tiff_pixels.hpp"

#include <algorithm>
#include <limits>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <vector>

#include "magicface/core/text.hpp"

namespace magicface::image {
namespace {

/// More are no picture of a person, and all are read before most are dropped.
constexpr int kMostSamples = 16;

/// Samples of a pixel that are its colour.
int colours_of(const TiffLayout& layout) { return layout.photometric == PHOTOMETRIC_RGB ? 3 : 1; }

/// Grey or RGB in whole bytes: read as stored. The rest (palettes, bilevel, YCbCr) goes through libtiff's conversion.
bool is_plain(const TiffLayout& layout) {
  const bool grey = layout.photometric == PHOTOMETRIC_MINISBLACK || layout.photometric == PHOTOMETRIC_MINISWHITE;
  return (grey || layout.photometric == PHOTOMETRIC_RGB) && (layout.bits == 8 || layout.bits == 16) &&
         layout.format == SAMPLEFORMAT_UINT && layout.samples >= colours_of(layout) && layout.samples <= kMostSamples &&
         layout.compression != COMPRESSION_OJPEG;
}

/// Which of the samples beyond the colours is alpha. A single one is, whatever the file calls it: editors disagree.
std::optional<int> alpha_of(const TiffLayout& layout) {
  const int beyond = layout.samples - colours_of(layout);
  if (beyond == 1) return 0;
  for (int i = 0; i < std::min(beyond, static_cast<int>(layout.extra.size())); ++i) {
    if (layout.extra[i] == EXTRASAMPLE_ASSOCALPHA || layout.extra[i] == EXTRASAMPLE_UNASSALPHA) return i;
  }
  return std::nullopt;
}

/// The colours, and alpha where there is one.
cv::Mat colours_and_alpha(const cv::Mat& samples, int colours, std::optional<int> alpha) {
  const int wanted = colours + (alpha ? 1 : 0);
  if (samples.channels() == wanted) return samples;
  cv::Mat pixels(samples.size(), CV_MAKETYPE(samples.depth(), wanted));
  std::vector<int> from_to;
  for (int i = 0; i < wanted; ++i) from_to.insert(from_to.end(), {i < colours ? i : colours + *alpha, i});
  cv::mixChannels(samples, pixels, from_to);
  return pixels;
}

/// Strips and tiles alike: a strip is a tile as wide as the picture.
cv::Mat read_blocks(TiffSession& session, const TiffLayout& layout) {
  auto* tiff = session.get();
  const bool tiled = TIFFIsTiled(tiff) != 0;
  const int across = tiled ? static_cast<int>(session.value<std::uint32_t>(TIFFTAG_TILEWIDTH)) : layout.width;
  const auto rows = session.value<std::uint32_t>(tiled ? TIFFTAG_TILELENGTH : TIFFTAG_ROWSPERSTRIP);
  const int down = tiled ? static_cast<int>(rows)
                         : static_cast<int>(std::min<std::uint32_t>(rows, static_cast<std::uint32_t>(layout.height)));
  const int depth = layout.bits == 16 ? CV_16U : CV_8U;
  const int channels = layout.separate ? 1 : layout.samples;
  cv::Mat pixels = cv::Mat::zeros(layout.height, layout.width, CV_MAKETYPE(depth, layout.samples));
  // A damaged header may ask for tiles far larger than the picture.
  constexpr int kMostTileSide = 4096;
  if (across < 1 || down < 1 || (tiled && (across > kMostTileSide || down > kMostTileSide))) {
    session.fail("tiles of " + size_text(across, down));
  }
  cv::Mat block(down, across, CV_MAKETYPE(depth, channels));
  const auto block_bytes = static_cast<tmsize_t>(block.total() * block.elemSize());
  for (int plane = 0; plane < (layout.separate ? layout.samples : 1); ++plane) {
    for (int y = 0; y < layout.height; y += down) {
      for (int x = 0; x < layout.width; x += across) {
        const auto column = static_cast<std::uint32_t>(x), row = static_cast<std::uint32_t>(y);
        const auto sample = static_cast<std::uint16_t>(plane);
        const cv::Rect part(x, y, std::min(across, layout.width - x), std::min(down, layout.height - y));
        const auto got =
            tiled ? TIFFReadEncodedTile(tiff, TIFFComputeTile(tiff, column, row, 0, sample), block.data, block_bytes)
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

cv::Mat read_converted(TiffSession& session, const TiffLayout& layout) {
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

}  // namespace

cv::Mat read_tiff_pixels(TiffSession& session, const TiffLayout& layout) {
  if (!is_plain(layout)) return read_converted(session, layout);
  const auto alpha = alpha_of(layout);
  cv::Mat pixels = colours_and_alpha(read_blocks(session, layout), colours_of(layout), alpha);
  if (layout.photometric == PHOTOMETRIC_MINISWHITE) {
    const double white = layout.bits == 16 ? 65535 : 255;
    cv::bitwise_xor(pixels, cv::Scalar(white, 0), pixels);  // not alpha
  }
  const auto named = alpha.value_or(0) < static_cast<int>(layout.extra.size());
  if (alpha && named && layout.extra[*alpha] == EXTRASAMPLE_ASSOCALPHA) {
    layout.bits == 16 ? unmultiply<std::uint16_t>(pixels) : unmultiply<std::uint8_t>(pixels);
  }
  return pixels;
}

}  // namespace magicface::image
