// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "bmp_module.hpp"
#include "codecs.hpp"
#include "module_loader.hpp"

namespace magicface::image {
namespace {

const LoadedModule& bmp_module() {
  static const auto module =
      load_module("magicface_bmp.so", MAGICFACE_BMP_ENTRY, "only a part of the program was installed");
  return module;
}

const BmpCodec& bmp_codec() { return *static_cast<const BmpCodec*>(bmp_module().entry); }

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

/// What OpenCV would complain about on stderr.
void check_layout(Bytes bytes, cv::Size size) {
  const ByteReader reader(bytes, true);
  constexpr std::uint32_t kOldHeader = 12, kPlain = 0, kBitFields = 3;
  const bool old = reader.u32(14) == kOldHeader;
  const auto compression = old ? kPlain : reader.u32(30);
  if (compression != kPlain && compression != kBitFields) {
    throw CodecError("a compressed BMP (run lengths, JPEG or PNG inside); save it without compression or as PNG");
  }
  const std::size_t row_bits = std::size_t{reader.u16(old ? 24 : 28)} * static_cast<std::size_t>(size.width);
  const std::size_t row_bytes = (row_bits + 31) / 32 * 4;
  if (!reader.has(reader.u32(10), row_bytes * static_cast<std::size_t>(size.height))) {
    throw CodecError("the file ends before the picture does; copy or export it again");
  }
}

}  // namespace

std::optional<std::string> why_no_bmp() {
  if (bmp_module().entry != nullptr) return std::nullopt;
  return bmp_module().why_not;
}

Decoded decode_bmp(Bytes bytes, cv::Size expected) {
  check_layout(bytes, expected);
  if (const auto reason = why_no_bmp())
    throw CodecError("BMP can't be read here (" + *reason + "); convert the picture to PNG");
  Decoded decoded;
  try {
    // imdecode only reads, but takes no const.
    auto* data = const_cast<std::uint8_t*>(bytes.data());
    decoded.pixels = bmp_codec().decode(cv::Mat(1, static_cast<int>(bytes.size()), CV_8UC1, data));
  } catch (const cv::Exception& failure) {
    throw CodecError("can't be decoded (" + one_line(failure.err) + "); export the picture again");
  }
  if (decoded.pixels.empty())
    throw CodecError("damaged, cut short or of a kind that can't be decoded; export it again");
  check_size(expected, decoded.pixels.cols, decoded.pixels.rows);
  if (decoded.pixels.channels() == 3) cv::cvtColor(decoded.pixels, decoded.pixels, cv::COLOR_BGR2RGB);
  if (decoded.pixels.channels() == 4) {
    cv::Mat alpha;
    cv::extractChannel(decoded.pixels, alpha, 3);
    // Most writers leave the fourth byte unused, which would make everything transparent.
    const bool unused = cv::countNonZero(alpha) == 0;
    cv::cvtColor(decoded.pixels, decoded.pixels, unused ? cv::COLOR_BGRA2RGB : cv::COLOR_BGRA2RGBA);
  }
  return decoded;
}

std::vector<std::uint8_t> encode_bmp(const cv::Mat& pixels) {
  if (const auto reason = why_no_bmp()) throw CodecError(*reason);
  cv::Mat ordered;
  if (is_grey(pixels)) {
    ordered = pixels;
  } else {
    cv::cvtColor(pixels, ordered, cv::COLOR_RGB2BGR);
  }
  std::vector<std::uint8_t> file;
  try {
    if (!bmp_codec().encode(ordered, file)) throw CodecError("OpenCV can't encode it");
  } catch (const cv::Exception& failure) {
    throw CodecError(one_line(failure.err));
  }
  return file;
}

}  // namespace magicface::image
