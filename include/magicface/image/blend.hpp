// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core/mat.hpp>

#include "magicface/image/picture.hpp"

namespace magicface::image {

/// Weight of an edited crop, CV_32F of `size` in [0,1]: 1 inside, falling smoothly over `feather_pixels` to exactly 0
/// on the outermost pixels. `feather_pixels` is clamped to 1 .. (shorter side - 1) / 2, so that the middle keeps 1.
cv::Mat feathered_mask(cv::Size size, int feather_pixels);

/// What goes over a picture, in the pixels of a crop of it: result = source + weight (colour + kept moved - source),
/// where moved(p) = source(p + motion). With `kept` 1 the colour is a change that is added to the source; with 0 (or
/// empty) it replaces the source.
struct Layer {
  cv::Mat colour;       ///< CV_32FC3 RGB, 0 to 255 where it replaces; any sign where it is added
  cv::Mat kept;         ///< CV_32F in [0,1]; empty: 0 everywhere
  cv::Mat weights;      ///< CV_32F in [0,1]
  bool grain = false;   ///< what replaces has the source's grain, which no crop can hold
  cv::Mat motion = {};  ///< CV_32FC2, pixels of the crop; empty: 0 everywhere
};

/// Puts a layer over the picture, at the picture's resolution, in place. Pixels whose weight is 0 keep their bits;
/// alpha is untouched.
/// @param picture_to_crop the transform that made the crop: pixel indices to pixel indices
/// @param limit           CV_8UC1 of the picture's size, 255: may change, 0: keeps its bits; empty: no limit
/// @throws ItemError when shapes don't fit or the transform can't be inverted.
void put_layer(Picture& target, const Layer& layer, const cv::Matx23d& picture_to_crop, const cv::Mat& limit = {});

/// Replaces by an edited crop: put_layer with nothing of the source kept.
/// @param edited_crop_rgb  CV_8UC3
/// @param edited_crop_mask CV_32F of the crop's size, weight of the edit in [0,1]
void paste_back(Picture& target, const cv::Mat& edited_crop_rgb, const cv::Mat& edited_crop_mask,
                const cv::Matx23d& picture_to_crop);

}  // namespace magicface::image
