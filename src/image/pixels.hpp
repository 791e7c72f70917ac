// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core/mat.hpp>

#include "magicface/image/picture.hpp"

namespace magicface::image {

/// EXIF orientation 1 to 8 applied. Shares its pixels with `stored` when there is nothing to turn.
cv::Mat upright(const cv::Mat& stored, int orientation);

/// Upright decoded pixels (codecs.hpp) taken apart: 8-bit colours and alpha, and the 16-bit ones beside them.
Picture picture_of(const cv::Mat& pixels);

/// What a format can hold.
struct Holds {
  bool grey = false, alpha = false, deep = false;
};

/// The picture put together again (codecs.hpp). Grey where the source was. In 16 bits, each value is the source's own
/// plus 257 times what the edit changed in 8: untouched pixels keep all their bits, and an edit doesn't lie in flat
/// steps beside them.
cv::Mat pixels_of(const Picture& picture, const Holds& holds);

}  // namespace magicface::image
