// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "magicface/face/detector.hpp"

namespace magicface::face {

/// Which faces of a picture are meant; what `--face` says.
struct FaceChoice {
  enum class Kind { largest, all, number, point };
  Kind kind = Kind::largest;
  std::size_t number = 0;  ///< for `number`: from 1, from left to right
  cv::Point2f point;       ///< for `point`: a pixel inside the face's box
};

/// "largest", "all", "2" or "320,200". @throws UsageError for anything else.
FaceChoice parse_face_choice(std::string_view text);
/// The same in words, as parse_face_choice reads it.
std::string face_choice_text(const FaceChoice& choice);

/// Indices into `faces`, which are in the order of find_faces; never empty.
/// @throws ItemError without faces, for a number beyond them, or a point in none of them.
std::vector<std::size_t> choose(const std::vector<Face>& faces, const FaceChoice& choice);

/// The face with the largest box; the first of equals. @throws ItemError without faces.
const Face& largest(const std::vector<Face>& faces);

/// The face whose box contains `point` (pixels); of several, the one whose centre is nearest.
/// @throws ItemError when no box contains it.
const Face& containing(const std::vector<Face>& faces, cv::Point2f point);

}  // namespace magicface::face
