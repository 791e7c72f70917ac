// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "codecs.hpp"
#include "tiff_exif.hpp"
#include "tiff_session.hpp"

namespace magicface::image {
namespace {

constexpr std::size_t kStripBytes = 1 << 18;

/// The source's own compression where it loses nothing, else LZW, which everything reads.
std::uint16_t compression_like(std::uint16_t source) {
  switch (source) {
    case COMPRESSION_NONE:
    case COMPRESSION_PACKBITS:
    case COMPRESSION_ADOBE_DEFLATE:
      return source;
    default:
      return COMPRESSION_LZW;
  }
}

void set_layout(TIFF* tiff, const cv::Mat& pixels, std::uint16_t compression) {
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, static_cast<std::uint32_t>(pixels.cols));
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, static_cast<std::uint32_t>(pixels.rows));
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, pixels.depth() == CV_16U ? 16 : 8);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, pixels.channels());
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, is_grey(pixels) ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_RGB);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
  if (has_alpha(pixels)) {
    const std::uint16_t straight = EXTRASAMPLE_UNASSALPHA;
    TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, &straight);
  }
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, compression);
  if (compression == COMPRESSION_LZW || compression == COMPRESSION_ADOBE_DEFLATE) {
    TIFFSetField(tiff, TIFFTAG_PREDICTOR, PREDICTOR_HORIZONTAL);
  }
  // libtiff's own strips of 8 KB compress badly.
  const auto rows = kStripBytes / (static_cast<std::size_t>(pixels.cols) * pixels.elemSize());
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, static_cast<std::uint32_t>(std::max<std::size_t>(rows, 1)));
}

void set_metadata(TIFF* tiff, const Metadata& metadata, Bytes profile) {
  if (!profile.empty()) {
    TIFFSetField(tiff, TIFFTAG_ICCPROFILE, static_cast<std::uint32_t>(profile.size()), profile.data());
  }
  if (!metadata.xmp.empty()) {
    TIFFSetField(tiff, TIFFTAG_XMLPACKET, static_cast<std::uint32_t>(metadata.xmp.size()), metadata.xmp.data());
  }
  if (metadata.density) {
    constexpr double kMetresPerInch = 0.0254;
    TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
    TIFFSetField(tiff, TIFFTAG_XRESOLUTION, metadata.density->across * kMetresPerInch);
    TIFFSetField(tiff, TIFFTAG_YRESOLUTION, metadata.density->down * kMetresPerInch);
  }
}

}  // namespace

std::vector<std::uint8_t> encode_tiff(const cv::Mat& pixels, const Metadata& metadata) {
  std::vector<std::uint8_t> file;
  TiffSession session(file);
  set_layout(session.get(), pixels, compression_like(metadata.coding.tiff_compression));
  set_metadata(session.get(), metadata, profile_for(metadata, pixels));
  std::vector<std::uint8_t> row(pixels.cols * pixels.elemSize());
  for (int y = 0; y < pixels.rows; ++y) {
    // libtiff's predictor works inside the buffer that it is given.
    std::copy_n(pixels.ptr(y), row.size(), row.begin());
    if (TIFFWriteScanline(session.get(), row.data(), static_cast<std::uint32_t>(y), 0) < 0)
      session.fail("it can't be written");
  }
  if (TIFFWriteDirectory(session.get()) == 0) session.fail("its directory can't be written");
  session.close();
  add_exif_to_tiff(file, metadata.exif);
  return file;
}

}  // namespace magicface::image
