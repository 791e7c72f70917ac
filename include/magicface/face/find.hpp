// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core/mat.hpp>
#include <optional>
#include <vector>

#include "magicface/face/detector.hpp"

namespace magicface::face {

/// A face rolled by less counts as upright: it gets the published crop, which doesn't level. Radians (12 degrees).
inline constexpr double kUprightRoll = 12 * CV_PI / 180;

/// The faces of a picture, however it is turned, from left to right by box centre.
/// Where nothing is found upright, the picture is searched turned by 90, 180 and 270 degrees; the surest turn counts.
/// A face rolled by kUprightRoll or more is searched again in its levelled surroundings: box and points are then those
/// of an upright face, and `roll` says how to turn it back. Needs a detector with points, except for the three turns.
/// Boxes in which nothing is to be seen, not even grain, aren't faces: YuNet finds some in flat pictures.
std::vector<Face> find_faces(const FaceDetector& detector, const cv::Mat& rgb);

/// `face` as it is found when the picture is turned by half: a detector takes many a face on its head for an upright
/// one. Nothing where none is found that way round, or without points.
std::optional<Face> turned_over(const FaceDetector& detector, const cv::Mat& rgb, const Face& face);

/// The face in another frame. @param transform a similarity (no mirror) from the face's frame to the other one.
Face transform_face(const Face& face, const cv::Matx23d& transform);

}  // namespace magicface::face
