// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "codecs.hpp"
#include "tiff_session.hpp"

namespace magicface::image {

/// How a TIFF stores its pixels; the numbers are the specification's.
struct TiffLayout {
  int width = 0, height = 0;
  int bits = 0, samples = 0;  ///< per sample, per pixel
  std::uint16_t format = 0, compression = 0, photometric = 0;
  std::vector<std::uint16_t> extra;  ///< what the samples beyond the colours are, as far as the file says
  bool separate = false;             ///< a plane per channel
  int orientation = 1;
};

/// Grey and RGB with 8 or 16 bits as stored (white-is-zero and premultiplied alpha undone; of further samples only the
/// first alpha stays), everything else through libtiff's own conversion to 8-bit RGB. @throws CodecError
cv::Mat read_tiff_pixels(TiffSession& session, const TiffLayout& layout);

}  // namespace magicface::image
