// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "bytes.hpp"
#include "magicface/image/encode.hpp"
#include "magicface/image/metadata.hpp"

/// One reader and one writer per format, each through the format's own library (BMP: OpenCV). In both directions
/// pixels are CV_8U or CV_16U with 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGB, straight alpha) channels.
namespace magicface::image {

/// Why bytes can't be decoded or pixels can't be encoded: a reason with a remedy, without the file's name.
class CodecError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Decoded {
  cv::Mat pixels;                       ///< as stored, before orientation
  Metadata metadata;                    ///< as stored
  int orientation = 0;                  ///< 1 to 8 where the format itself has one (TIFF); 0: ask the EXIF
  std::vector<std::string> warnings{};  ///< what was left out, a sentence each
};

// `expected` is the size that the limits were checked with. @throws CodecError
Decoded decode_png(Bytes bytes, cv::Size expected);
Decoded decode_jpeg(Bytes bytes, cv::Size expected);
Decoded decode_webp(Bytes bytes, cv::Size expected);
Decoded decode_tiff(Bytes bytes, cv::Size expected);
Decoded decode_bmp(Bytes bytes, cv::Size expected);

// What the format can't hold is added to `warnings`, a sentence each. @throws CodecError
std::vector<std::uint8_t> encode_png(const cv::Mat& pixels, const Metadata& metadata, const std::string& parameters,
                                     std::vector<std::string>& warnings);
std::vector<std::uint8_t> encode_jpeg(const cv::Mat& pixels, const Metadata& metadata, std::optional<int> quality,
                                      std::vector<std::string>& warnings);
std::vector<std::uint8_t> encode_webp(const cv::Mat& pixels, const Metadata& metadata, std::optional<int> quality);
std::vector<std::uint8_t> encode_tiff(const cv::Mat& pixels, const Metadata& metadata);
std::vector<std::uint8_t> encode_bmp(const cv::Mat& pixels);

/// Why this program can neither read nor write BMP; nothing when it can. The first call loads the codec.
std::optional<std::string> why_no_bmp();

/// A header that says one size here and another to the library that decodes would go around the limits.
inline void check_size(cv::Size expected, std::int64_t width, std::int64_t height) {
  if (width == expected.width && height == expected.height) return;
  throw CodecError("its headers disagree about its size; export the picture again");
}

/// Where nothing else is asked for and the source doesn't say.
inline constexpr int kDefaultQuality = 95;

/// The profile if it describes pixels of this kind: a grey profile in an RGB file would be refused by readers.
Bytes profile_for(const Metadata& metadata, const cv::Mat& pixels);

inline bool is_grey(const cv::Mat& pixels) { return pixels.channels() <= 2; }
inline bool has_alpha(const cv::Mat& pixels) { return pixels.channels() % 2 == 0; }

}  // namespace magicface::image
