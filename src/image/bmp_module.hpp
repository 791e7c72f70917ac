// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <vector>

/// BMP is read and written by OpenCV's imgcodecs, which brings GDAL with a hundred libraries: `magicface_bmp.so`
/// (module_loader.hpp) holds nothing else.

#define MAGICFACE_BMP_ENTRY "magicface_bmp_codec"

namespace magicface::image {

/// OpenCV's own functions, with its channel order and its exceptions.
struct BmpCodec {
  cv::Mat (*decode)(const cv::Mat& bytes);  ///< empty for what can't be decoded
  bool (*encode)(const cv::Mat& pixels, std::vector<std::uint8_t>& bytes);
};

}  // namespace magicface::image

extern "C" const magicface::image::BmpCodec magicface_bmp_codec;
