// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

namespace magicface::face {

/// A part of a face as a parser sees it. Units are those of the face's box, so that crops of any size compare.
struct FacePart {
  double area = 0;    ///< in squares of the box's width
  double height = 0;  ///< of its middle over the box's middle, in box widths, down is positive; 0 without an area
  bool seen = false;  ///< large enough for a part that isn't covered
};

/// Eyes (both), nose and mouth with the lips.
struct FaceParts {
  FacePart eyes, nose, mouth;
};

/// @param class_map CV_8UC1 of a crop in which the face stands as its detector saw it
/// @param classes   the parser's class names: "l_eye", "r_eye", "nose", "mouth", "u_lip", "l_lip"
/// @param box       the face's, in pixels of the class map
FaceParts face_parts(const cv::Mat& class_map, const std::vector<std::string>& classes, const cv::Rect2d& box);

/// Whether the parser sees anything of the three: detectors find faces in walls and skies, too.
bool shows_a_face(const FaceParts& parts);

/// Whether the eyes are where those of an upright face are. A detector takes a face on its head for an upright one and
/// places its points accordingly; a parser sees the eyes where they are, or not at all.
bool eyes_are_above(const FaceParts& parts);

/// Whether all three are seen, and in an upright face's order.
bool is_clearly_upright(const FaceParts& parts);

}  // namespace magicface::face
