// SPDX-License-Identifier: Apache-2.0
#include "magicface/image/picture.hpp"

#include <algorithm>
#include <limits>
#include <opencv2/core.hpp>
#include <string>

#include "codecs.hpp"
#include "exif.hpp"
#include "foreign.hpp"
#include "header.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/text.hpp"
#include "pixels.hpp"

namespace magicface::image {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& what) {
  throw ItemError(file.string() + ": " + what);
}

Header checked_header(const std::filesystem::path& file, Bytes bytes, const ReadLimits& limits) {
  if (bytes.empty()) fail(file, "the file is empty; expected a picture");
  if (const auto kind = foreign_kind(bytes)) fail(file, "can't read " + *kind);
  const auto header = read_header(bytes);
  if (!header) fail(file, "not a PNG, JPEG, WebP, TIFF or BMP picture; convert it to one of these");
  if (header->width <= 0 || header->height <= 0) {
    fail(file, "the picture's header is damaged or cut short; export the picture again");
  }
  const std::string size = size_text(header->width, header->height) + " pixels";
  if (header->width > limits.max_side || header->height > limits.max_side) {
    fail(file, size + ", more than " + std::to_string(limits.max_side) + " on a side; scale the picture down");
  }
  if (header->width * header->height > limits.max_pixels) {
    fail(file, size + ", more than the limit of " + std::to_string(limits.max_pixels) +
                   "; scale the picture down or raise --max-pixels");
  }
  return *header;
}

Decoded decode(Bytes bytes, const Header& header) {
  const cv::Size size(static_cast<int>(header.width), static_cast<int>(header.height));
  switch (header.format) {
    case Format::png:
      return decode_png(bytes, size);
    case Format::jpg:
      return decode_jpeg(bytes, size);
    case Format::webp:
      return decode_webp(bytes, size);
    case Format::tiff:
      return decode_tiff(bytes, size);
    case Format::bmp:
      break;
  }
  return decode_bmp(bytes, size);
}

}  // namespace

Picture read_picture(const std::filesystem::path& file, const ReadLimits& limits) {
  // OpenCV and libtiff count some bytes in an int.
  constexpr auto kMostBytes = static_cast<std::uintmax_t>(std::numeric_limits<int>::max());
  const auto most_bytes = std::min(limits.max_bytes, kMostBytes);
  std::error_code unreadable;
  const auto size = std::filesystem::file_size(file, unreadable);
  if (!unreadable && size > most_bytes) {
    fail(file, std::to_string(size) + " bytes, more than the limit of " + std::to_string(most_bytes) +
                   "; export the picture smaller or raise --max-file-size");
  }
  const auto bytes = read_file(file, most_bytes);
  const Header header = checked_header(file, bytes, limits);
  try {
    Decoded decoded = decode(bytes, header);
    drop_exif_prefix(decoded.metadata.exif);
    const int orientation = decoded.orientation != 0 ? decoded.orientation : exif_orientation(decoded.metadata.exif);
    Picture picture = picture_of(upright(decoded.pixels, orientation));
    const bool grey = picture.metadata.grey;
    picture.metadata = std::move(decoded.metadata);
    picture.metadata.grey = grey;
    picture.warnings = std::move(decoded.warnings);
    settle_metadata(picture.metadata, picture.rgb.size());
    return picture;
  } catch (const CodecError& problem) {
    fail(file, problem.what());
  } catch (const cv::Exception& problem) {
    fail(file, "can't be decoded (" + problem.err + "); export the picture again");
  }
}

Picture replace_pixels(const Picture& source, const cv::Mat& rgb) {
  Picture picture{rgb, {}};
  picture.metadata = source.metadata;
  picture.metadata.grey = false;
  if (rgb.size() == source.rgb.size()) {
    picture.alpha = source.alpha;
  } else {
    settle_metadata(picture.metadata, rgb.size());
  }
  return picture;
}

}  // namespace magicface::image
