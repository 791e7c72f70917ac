// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core/mat.hpp>
#include <vector>

#include "magicface/face/detector.hpp"

namespace magicface::face {

/// Affine transforms here map pixel indices to pixel indices (the centre of the first pixel is 0, 0), as
/// cv::warpAffine reads them.

/// Picture -> crop. The box's centre goes to the crop's middle and its width becomes `box_fraction` of the crop:
/// s = box_fraction * image_size / box.width, M = [[s, 0, size/2 - s cx], [0, s, size/2 - s cy]]
/// (published: box_fraction 352 / 1.5 / 512 = 0.458, image_size 512).
/// @param roll radians, clockwise: the box is turned by it about its centre, and the crop shows it level (Face::roll).
/// @throws ItemError for a box without area.
cv::Matx23d crop_transform(const cv::Rect2f& box, double box_fraction, int image_size, double roll = 0);

/// What a crop shows where the picture ends.
enum class Border {
  black,    ///< as published
  reflect,  ///< the picture mirrored at its edge: black borders are a named cause of lost identity
};

/// `image_size` x `image_size` crop of a CV_8UC3 or CV_8UC1 picture, bilinear. Where the crop shrinks the picture, it
/// is smoothed first (the published plain bilinear aliases); enlarging crops are exactly the published warp.
/// @throws ItemError when the transform can't be inverted or the picture is empty.
cv::Mat warp_to_crop(const cv::Mat& picture, const cv::Matx23d& picture_to_crop, int image_size,
                     Border border = Border::black);

cv::Point2d transform_point(const cv::Point2d& point, const cv::Matx23d& transform);
std::vector<cv::Point2f> transform_points(const std::vector<cv::Point2f>& points, const cv::Matx23d& transform);
FivePoints transform_points(const FivePoints& points, const cv::Matx23d& transform);

/// `scale` and a turn that levels what is rolled by `roll` (radians, clockwise), with `centre` brought to `to`. At roll
/// 0 the numbers are those of the plain scaling, bit for bit.
cv::Matx23d levelling(const cv::Point2d& centre, double scale, double roll, const cv::Point2d& to);

/// First `first`, then `second`.
cv::Matx23d compose(const cv::Matx23d& second, const cv::Matx23d& first);

/// The inverse map, such as crop -> picture. @throws ItemError when there is none.
cv::Matx23d invert(const cv::Matx23d& transform);

}  // namespace magicface::face
