// SPDX-License-Identifier: Apache-2.0
#include "magicface/image/picture.hpp"

#include <algorithm>
#include <limits>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>

#include "header.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "png_text.hpp"

namespace magicface::image {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& what) {
  throw ItemError(file.string() + ": " + what);
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

Header checked_header(const std::filesystem::path& file, Bytes bytes, const ReadLimits& limits) {
  if (bytes.empty()) fail(file, "the file is empty; expected a picture");
  const auto header = read_header(bytes);
  if (!header) fail(file, "not a PNG, JPEG, WebP, TIFF or BMP picture; convert it to one of these");
  if (header->width <= 0 || header->height <= 0) {
    fail(file, "the picture's header is damaged or cut short; export the picture again");
  }
  const std::string size = std::to_string(header->width) + " x " + std::to_string(header->height) + " pixels";
  if (header->width > limits.max_side || header->height > limits.max_side) {
    fail(file, size + ", more than " + std::to_string(limits.max_side) + " on a side; scale the picture down");
  }
  if (header->width * header->height > limits.max_pixels) {
    fail(file, size + ", more than the limit of " + std::to_string(limits.max_pixels) + "; scale the picture down");
  }
  if (!header->complete) fail(file, "the file ends before the picture does; copy or export it again");
  return *header;
}

cv::Mat decode(const std::filesystem::path& file, std::vector<std::uint8_t>& bytes) {
  cv::Mat decoded;
  try {
    // UNCHANGED keeps alpha and 16 bits, and leaves the orientation to us.
    decoded = cv::imdecode(cv::Mat(1, static_cast<int>(bytes.size()), CV_8UC1, bytes.data()), cv::IMREAD_UNCHANGED);
  } catch (const cv::Exception& failure) {
    fail(file, "can't be decoded (" + one_line(failure.err) + "); export the picture again");
  }
  if (decoded.empty()) fail(file, "damaged, cut short or of a kind that can't be decoded; export the picture again");
  return decoded;
}

/// 16 bits map 65535 to 255 and are rounded; dropping the low byte would darken by half a step.
cv::Mat to_eight_bits(const std::filesystem::path& file, const cv::Mat& decoded) {
  if (decoded.depth() == CV_8U) return decoded;
  if (decoded.depth() != CV_16U) fail(file, "expected 8 or 16 bits per channel, got floating point; save it as 16 bit");
  cv::Mat reduced;
  decoded.convertTo(reduced, CV_8U, 1.0 / 257.0);
  return reduced;
}

Picture to_picture(const std::filesystem::path& file, const cv::Mat& decoded) {
  Picture picture;
  switch (decoded.channels()) {
    case 1:
      cv::cvtColor(decoded, picture.rgb, cv::COLOR_GRAY2RGB);
      break;
    case 2:
      cv::extractChannel(decoded, picture.rgb, 0);
      cv::cvtColor(picture.rgb, picture.rgb, cv::COLOR_GRAY2RGB);
      cv::extractChannel(decoded, picture.alpha, 1);
      break;
    case 3:
      cv::cvtColor(decoded, picture.rgb, cv::COLOR_BGR2RGB);
      break;
    case 4:
      cv::cvtColor(decoded, picture.rgb, cv::COLOR_BGRA2RGB);
      cv::extractChannel(decoded, picture.alpha, 3);
      break;
    default:
      fail(file, "expected 1 to 4 channels, got " + std::to_string(decoded.channels()) + "; save it as RGB");
  }
  return picture;
}

/// EXIF's values 5 to 8 swap the axes first; then each is a mirror or a half turn.
cv::Mat upright(const cv::Mat& stored, int orientation) {
  if (stored.empty() || orientation == 1) return stored;
  constexpr int kMirror = 1;
  constexpr int kUpsideDown = 0;
  constexpr int kHalfTurn = -1;
  cv::Mat turned = orientation >= 5 ? cv::Mat(stored.t()) : stored.clone();
  switch (orientation) {
    case 2:
    case 6:
      cv::flip(turned, turned, kMirror);
      break;
    case 3:
    case 7:
      cv::flip(turned, turned, kHalfTurn);
      break;
    case 4:
    case 8:
      cv::flip(turned, turned, kUpsideDown);
      break;
    default:
      break;
  }
  return turned;
}

}  // namespace

Picture read_picture(const std::filesystem::path& file, const ReadLimits& limits) {
  // OpenCV counts bytes in an int.
  constexpr auto kMostBytes = static_cast<std::uintmax_t>(std::numeric_limits<int>::max());
  auto bytes = read_file(file, std::min(limits.max_bytes, kMostBytes));
  const Header header = checked_header(file, bytes, limits);
  if (header.format == Format::png) drop_png_profile(bytes);
  Picture picture = to_picture(file, to_eight_bits(file, decode(file, bytes)));
  picture.rgb = upright(picture.rgb, header.orientation);
  picture.alpha = upright(picture.alpha, header.orientation);
  return picture;
}

}  // namespace magicface::image
