// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "magicface/face/detector.hpp"

namespace magicface::face {

/// The face with the largest box; the first of equals. @throws ItemError without faces.
const Face& largest(const std::vector<Face>& faces);

/// The face whose box contains `point` (pixels); of several, the one whose centre is nearest.
/// @throws ItemError when no box contains it.
const Face& containing(const std::vector<Face>& faces, cv::Point2f point);

}  // namespace magicface::face
