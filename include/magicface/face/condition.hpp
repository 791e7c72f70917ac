// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <opencv2/core/mat.hpp>
#include <vector>

#include "magicface/face/detector.hpp"

namespace magicface::face {

using FiveTemplate = std::array<cv::Point2d, 5>;

/// How the condition image is made; the bundle's `condition`. The training helper (scripts/training/condition.py)
/// implements the same.
struct ConditionSpec {
  std::vector<int> blanked_classes;  ///< parser classes that become black
  int dilation = 0;                  ///< r >= 0 pixels: blanked classes grow by a (2r+1) x (2r+1) square
  double jaw_reach = 0;              ///< 0: no jaw region; else how far it is swept down, in jaw widths
  int contour_points = 17;           ///< 0 to 17; fewer than 17 are the middle ones, around the chin
  std::vector<cv::Vec3b> colours;    ///< RGB of the 17 jaw points, in order
  int radius = 2;                    ///< of the contour's circles, canvas pixels
  int canvas = 256;                  ///< side of the square canvas that the contour is drawn on
  FiveTemplate canvas_template{};    ///< where the five points lie on the canvas, pixels
};

/// Least-squares similarity (rotation, uniform scale, translation; never a mirror) from five points to a template, in
/// closed form. @throws ItemError when the points coincide.
cv::Matx23d similarity(const FivePoints& from, const FiveTemplate& to);

/// What is blanked: CV_8UC1 of the class map's size, 255 blanked, 0 kept. The dilated blanked classes, united (with
/// jaw_reach > 0) with the polygon of the jaw and with that polygon swept by jaw_reach * |jaw 0 - jaw 16|
/// along the face's down direction, which is perpendicular to the line from jaw 0 to jaw 16, on the side of jaw 8.
/// @param class_map CV_8UC1, parser classes, the crop's size
/// @param jaw       17 points in crop pixels; may lie outside; unused with jaw_reach 0
cv::Mat blank_mask(const cv::Mat& class_map, const std::vector<cv::Point2f>& jaw, const ConditionSpec& spec);

/// Black CV_8UC3 of `crop_size` with the jaw's points: filled circles on the canvas that the five points are aligned
/// to, at coordinates rounded half to even; the canvas is warped back bilinearly.
/// @throws ItemError without 17 jaw points, BundleError when the colours don't suffice.
cv::Mat draw_contour(const std::vector<cv::Point2f>& jaw, const FivePoints& five, const ConditionSpec& spec,
                     cv::Size crop_size);

/// The crop with the blanked region black and the contour added, clamped to 255; CV_8UC3.
/// @throws ItemError when crop and class map differ in size or type.
cv::Mat condition_image(const cv::Mat& crop_rgb, const cv::Mat& class_map, const std::vector<cv::Point2f>& jaw,
                        const FivePoints& five, const ConditionSpec& spec);

}  // namespace magicface::face
