// SPDX-License-Identifier: Apache-2.0
#include "codecs.hpp"
#include "tiff_exif.hpp"
#include "tiff_pixels.hpp"
#include "tiff_session.hpp"

namespace magicface::image {
namespace {

/// For a file that doesn't say what its samples are. Not by those beyond the colours: libtiff counts them from its own
/// guess, which is inverted grey.
std::uint16_t guessed_photometric(int samples) { return samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK; }

TiffLayout layout_of(TiffSession& session) {
  TiffLayout layout;
  layout.width = static_cast<int>(session.value<std::uint32_t>(TIFFTAG_IMAGEWIDTH));
  layout.height = static_cast<int>(session.value<std::uint32_t>(TIFFTAG_IMAGELENGTH));
  layout.bits = session.value<std::uint16_t>(TIFFTAG_BITSPERSAMPLE);
  layout.samples = session.value<std::uint16_t>(TIFFTAG_SAMPLESPERPIXEL);
  layout.format = session.value<std::uint16_t>(TIFFTAG_SAMPLEFORMAT);
  layout.compression = session.value<std::uint16_t>(TIFFTAG_COMPRESSION);
  layout.separate = session.value<std::uint16_t>(TIFFTAG_PLANARCONFIG) == PLANARCONFIG_SEPARATE;
  const auto orientation = session.value<std::uint16_t>(TIFFTAG_ORIENTATION);
  layout.orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
  std::uint16_t count = 0;
  const std::uint16_t* kinds = nullptr;
  if (TIFFGetField(session.get(), TIFFTAG_EXTRASAMPLES, &count, &kinds) != 0) layout.extra.assign(kinds, kinds + count);
  if (TIFFGetField(session.get(), TIFFTAG_PHOTOMETRIC, &layout.photometric) == 0) {
    layout.photometric = guessed_photometric(layout.samples);
  }
  return layout;
}

/// A raw picture has its preview where a TIFF has its picture.
void refuse_preview(TiffSession& session) {
  if ((session.value<std::uint32_t>(TIFFTAG_SUBFILETYPE) & FILETYPE_REDUCEDIMAGE) == 0) return;
  throw CodecError(
      "a camera's raw picture, or a TIFF that begins with a preview; develop it and export a TIFF or JPEG");
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

void refuse_by_name(const TiffLayout& layout) {
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
  if (count_pages(session) > 1)
    throw CodecError("a TIFF with several pages; save the page to edit as a picture of its own");
  const TiffLayout layout = layout_of(session);
  check_size(expected, layout.width, layout.height);
  refuse_by_name(layout);
  Decoded decoded;
  decoded.orientation = layout.orientation;
  decoded.pixels = read_tiff_pixels(session, layout);
  decoded.metadata.icc = session.bytes_of(TIFFTAG_ICCPROFILE);
  decoded.metadata.exif = exif_of_tiff(bytes);
  decoded.metadata.xmp = session.bytes_of(TIFFTAG_XMLPACKET);
  decoded.metadata.density = density_of(session);
  decoded.metadata.coding.tiff_compression = layout.compression;
  return decoded;
}

}  // namespace magicface::image
