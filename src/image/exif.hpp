// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <opencv2/core/types.hpp>
#include <vector>

#include "bytes.hpp"

namespace magicface::image {

/// Removes the prefix `Exif\0\0` that JPEG has before the block: WebP's writers disagree on whether it belongs there.
void drop_exif_prefix(std::vector<std::uint8_t>& exif);

/// 1 to 8; 1 when the block doesn't say or is damaged.
int exif_orientation(Bytes exif);

/// Makes an EXIF block true for an upright picture of `size`: orientation 1, its pixel dimensions where it names any,
/// no thumbnail (its bytes are wiped: it still shows the face before the edit). Everything else stays at its place,
/// since makers' notes point into the block by absolute offsets. A prefix `Exif\0\0` is removed; a block that isn't
/// TIFF becomes empty.
void settle_exif(std::vector<std::uint8_t>& exif, cv::Size size);

}  // namespace magicface::image
