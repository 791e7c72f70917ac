// SPDX-License-Identifier: Apache-2.0
#include "magicface/image/encode.hpp"

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "magicface/core/error.hpp"
#include "png_text.hpp"

namespace magicface::image {
namespace {

bool holds_alpha(Format format) { return format == Format::png || format == Format::webp || format == Format::tiff; }

/// Every setting that has a default in OpenCV and changes bytes is spelled out: its defaults move between versions.
std::vector<int> settings_of(const EncodeOptions& options) {
  constexpr int kLzw = 5;
  switch (options.format) {
    case Format::png:
      return {cv::IMWRITE_PNG_COMPRESSION, 6};
    case Format::jpg:
      return {cv::IMWRITE_JPEG_QUALITY, options.quality};
    case Format::webp:
      return {cv::IMWRITE_WEBP_QUALITY, options.quality};
    case Format::tiff:
      return {cv::IMWRITE_TIFF_COMPRESSION, kLzw};
    case Format::bmp:
      break;
  }
  return {};
}

cv::Mat to_opencv_order(const Picture& picture, bool with_alpha) {
  cv::Mat ordered;
  if (!with_alpha) {
    cv::cvtColor(picture.rgb, ordered, cv::COLOR_RGB2BGR);
    return ordered;
  }
  cv::cvtColor(picture.rgb, ordered, cv::COLOR_RGB2BGRA);
  cv::insertChannel(picture.alpha, ordered, 3);
  return ordered;
}

}  // namespace

std::vector<std::uint8_t> encode_picture(const Picture& picture, const EncodeOptions& options) {
  if (options.quality < 1 || options.quality > 100) {
    throw UsageError("--quality " + std::to_string(options.quality) + ": expected 1 to 100");
  }
  if (picture.rgb.empty() || picture.rgb.type() != CV_8UC3) {
    throw ItemError("picture to write: expected 8-bit RGB, got " + std::to_string(picture.rgb.cols) + " x " +
                    std::to_string(picture.rgb.rows) + " with " + std::to_string(picture.rgb.channels()) + " channels");
  }
  const bool with_alpha = !picture.alpha.empty() && holds_alpha(options.format);
  if (with_alpha && (picture.alpha.type() != CV_8UC1 || picture.alpha.size() != picture.rgb.size())) {
    throw ItemError("picture to write: its alpha has another size or type than its colours");
  }
  const std::string extension = extension_of(options.format);
  std::vector<std::uint8_t> bytes;
  std::string reason = "no reason given";
  try {
    if (!cv::imencode(extension, to_opencv_order(picture, with_alpha), bytes, settings_of(options))) bytes.clear();
  } catch (const cv::Exception& failure) {
    bytes.clear();
    reason = failure.err;
  }
  if (bytes.empty()) {
    throw ItemError(std::to_string(picture.rgb.cols) + " x " + std::to_string(picture.rgb.rows) +
                    " pixels can't be written as " + extension + " (" + reason + "); use --format png");
  }
  if (options.format == Format::png && !options.parameters.empty()) add_png_text(bytes, options.parameters);
  return bytes;
}

}  // namespace magicface::image
