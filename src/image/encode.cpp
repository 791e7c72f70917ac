// SPDX-License-Identifier: Apache-2.0
#include "magicface/image/encode.hpp"

#include <opencv2/core.hpp>

#include "codecs.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"
#include "pixels.hpp"

namespace magicface::image {
namespace {

Holds holds_of(Format format) {
  const bool rich = format == Format::png || format == Format::tiff;
  return {.grey = format != Format::webp, .alpha = rich || format == Format::webp, .deep = rich};
}

void check(const Picture& picture, const EncodeOptions& options) {
  if (options.quality && (*options.quality < 1 || *options.quality > 100)) {
    throw UsageError("--quality " + std::to_string(*options.quality) + ": expected 1 to 100");
  }
  const auto& rgb = picture.rgb;
  if (rgb.empty() || rgb.type() != CV_8UC3) {
    throw ItemError("picture to write: expected 8-bit RGB, got " + size_text(rgb.cols, rgb.rows) + " with " +
                    std::to_string(rgb.channels()) + " channels");
  }
  if (!picture.alpha.empty() && (picture.alpha.type() != CV_8UC1 || picture.alpha.size() != rgb.size())) {
    throw ItemError("picture to write: its alpha has another size or type than its colours");
  }
}

std::vector<std::uint8_t> encode(const cv::Mat& pixels, const Metadata& metadata, const EncodeOptions& options,
                                 std::vector<std::string>& warnings) {
  switch (options.format) {
    case Format::png:
      return encode_png(pixels, metadata, options.parameters, warnings);
    case Format::jpg:
      return encode_jpeg(pixels, metadata, options.quality, warnings);
    case Format::webp:
      return encode_webp(pixels, metadata, options.quality);
    case Format::tiff:
      return encode_tiff(pixels, metadata);
    case Format::bmp:
      break;
  }
  return encode_bmp(pixels);
}

}  // namespace

void check_writable(Format format) {
  if (format != Format::bmp) return;
  if (const auto reason = why_no_bmp())
    throw UsageError("BMP can't be written here (" + *reason + "); give --format png or a .png name");
}

std::vector<std::uint8_t> encode_picture(const Picture& picture, const EncodeOptions& options,
                                         std::vector<std::string>* warnings) {
  check(picture, options);
  std::string reason;
  std::vector<std::string> unheard;
  try {
    return encode(pixels_of(picture, holds_of(options.format)), picture.metadata, options,
                  warnings != nullptr ? *warnings : unheard);
  } catch (const CodecError& problem) {
    reason = problem.what();
  } catch (const cv::Exception& problem) {
    reason = problem.err;
  }
  throw ItemError(size_text(picture.rgb.cols, picture.rgb.rows) + " pixels can't be written as " +
                  extension_of(options.format) + " (" + reason + "); use --format " +
                  (options.format == Format::png ? "tiff, or --no-metadata" : "png"));
}

}  // namespace magicface::image
