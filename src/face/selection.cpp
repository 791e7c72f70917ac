// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/selection.hpp"

#include <algorithm>

#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"

namespace magicface::face {

const Face& largest(const std::vector<Face>& faces) {
  if (faces.empty()) throw ItemError("no face was found; use a picture that shows one, or --crop none");
  return *std::max_element(faces.begin(), faces.end(),
                           [](const Face& a, const Face& b) { return a.box.area() < b.box.area(); });
}

const Face& containing(const std::vector<Face>& faces, cv::Point2f point) {
  const Face* best = nullptr;
  float best_distance = 0;
  for (const Face& face : faces) {
    if (!face.box.contains(point)) continue;
    const cv::Point2f away = point - (face.box.tl() + face.box.br()) * 0.5F;
    const float distance = away.dot(away);
    if (best == nullptr || distance < best_distance) {
      best = &face;
      best_distance = distance;
    }
  }
  if (best == nullptr) {
    throw ItemError("none of " + std::to_string(faces.size()) + " faces lies at " + format_number(point.x) + "," +
                    format_number(point.y) + "; use --face largest, or a point inside a face");
  }
  return *best;
}

}  // namespace magicface::face
