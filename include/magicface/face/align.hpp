// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core/mat.hpp>
#include <vector>

#include "magicface/face/condition.hpp"
#include "magicface/face/detector.hpp"

/// Transforms from picture (or crop) pixels to the aligned square that a face module wants; crop.hpp warps with them.
namespace magicface::face {

/// ArcFace's template on 112 x 112.
inline constexpr int kArcFaceSize = 112;
const FiveTemplate& arcface_template();

/// Five-point alignment: `on` is a template for `template_size`, scaled to `size`.
cv::Matx23d five_point_transform(const FivePoints& points, int size, const FiveTemplate& on = arcface_template(),
                                 int template_size = kArcFaceSize);

/// How far the face is turned in the picture's plane: radians, clockwise, -pi to pi. From the eyes' line and the line
/// from eyes to mouth together, so that neither a turned head nor a crooked mouth decides alone.
double roll_of(const FivePoints& points);

/// FFHQ's square around eyes and mouth: its half side is max(eye_scale |eye to eye|, mouth_scale |eye to mouth|), its
/// centre the eyes' midpoint moved by centre_shift times eye to mouth.
struct QuadAlignment {
  double eye_scale = 2.0;
  double mouth_scale = 1.8;
  double centre_shift = 0.1;
};
/// @throws ItemError when eyes and mouth coincide.
cv::Matx23d ffhq_quad_transform(const FivePoints& points, int size, const QuadAlignment& alignment = {});

/// A square around the box's shifted centre, of side `side` times (width + height). The defaults are FAN's
/// (as the published networks take it).
struct BoxAlignment {
  double shift_y = -0.12;       ///< of the box's height, down
  double side = 200.0 / 195.0;  ///< of width + height
};
/// @param roll radians, clockwise; the square is turned with the box (Face::roll).
/// @throws ItemError for a box without area.
cv::Matx23d box_transform(const cv::Rect2f& box, int size, const BoxAlignment& alignment = {}, double roll = 0);

/// `transform` onto a square of `from` pixels, cut down to the middle `to` pixels (LibreFace: 256 to 224).
cv::Matx23d centre_cut(const cv::Matx23d& transform, int from, int to);

/// Eye centres, nose tip and mouth corners of the 68 landmarks, for detectors that give boxes only.
/// @throws ItemError unless there are 68.
FivePoints five_points_of(const std::vector<cv::Point2f>& landmarks);

}  // namespace magicface::face
