// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core/mat.hpp>

#include "magicface/image/picture.hpp"

namespace magicface::image {

/// Weight of an edited crop, CV_32F of `size` in [0,1]: 1 inside, falling smoothly over `feather_pixels` to exactly 0
/// on the outermost pixels. `feather_pixels` is clamped to 1 .. (shorter side - 1) / 2, so that the middle keeps 1.
cv::Mat feathered_mask(cv::Size size, int feather_pixels);

/// Puts an edited crop back where it came from, in place. Pixels whose weight is 0 keep their bits; alpha is untouched.
/// @param target           the whole picture
/// @param edited_crop_rgb  CV_8UC3
/// @param edited_crop_mask CV_32F of the crop's size, weight of the edit in [0,1]
/// @param picture_to_crop  the transform that made the crop: pixel indices to pixel indices
/// @throws ItemError when shapes don't fit or the transform can't be inverted.
void paste_back(Picture& target, const cv::Mat& edited_crop_rgb, const cv::Mat& edited_crop_mask,
                const cv::Matx23d& picture_to_crop);

}  // namespace magicface::image
