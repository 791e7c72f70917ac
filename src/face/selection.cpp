// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/selection.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"

namespace magicface::face {
namespace {

cv::Point2f centre_of(const Face& face) { return (face.box.tl() + face.box.br()) * 0.5F; }

/// Whether the box, turned by the face's roll, contains the point.
bool covers(const Face& face, cv::Point2f point) {
  const cv::Point2f away = point - centre_of(face);
  const auto cosine = static_cast<float>(std::cos(face.roll));
  const auto sine = static_cast<float>(std::sin(face.roll));
  const cv::Point2f levelled(cosine * away.x + sine * away.y, cosine * away.y - sine * away.x);
  return face.box.contains(centre_of(face) + levelled);
}

std::string count_text(std::size_t faces) { return std::to_string(faces) + (faces == 1 ? " face" : " faces"); }

}  // namespace

FaceChoice parse_face_choice(std::string_view text) {
  const std::string word = trim(text);
  if (word == "largest") return {};
  if (word == "all") return {FaceChoice::Kind::all, 0, {}};
  const auto parts = split(word, ',');
  const auto first = parse_number(trim(parts[0]));
  if (parts.size() == 1 && first && *first >= 1 && *first <= 100000 && *first == std::floor(*first)) {
    return {FaceChoice::Kind::number, static_cast<std::size_t>(*first), {}};
  }
  const auto second = parts.size() == 2 ? parse_number(trim(parts[1])) : std::nullopt;
  if (first && second && std::min(*first, *second) >= 0) {
    return {FaceChoice::Kind::point, 0, {static_cast<float>(*first), static_cast<float>(*second)}};
  }
  throw UsageError("--face: expected largest, all, a number from 1, or a pixel such as 320,200, got '" + word + "'");
}

std::string face_choice_text(const FaceChoice& choice) {
  switch (choice.kind) {
    case FaceChoice::Kind::largest:
      return "largest";
    case FaceChoice::Kind::all:
      return "all";
    case FaceChoice::Kind::number:
      return std::to_string(choice.number);
    case FaceChoice::Kind::point:
      break;
  }
  return format_number(choice.point.x) + "," + format_number(choice.point.y);
}

std::vector<std::size_t> choose(const std::vector<Face>& faces, const FaceChoice& choice) {
  const auto index_of = [&](const Face& face) { return static_cast<std::size_t>(&face - faces.data()); };
  switch (choice.kind) {
    case FaceChoice::Kind::largest:
      return {index_of(largest(faces))};
    case FaceChoice::Kind::point:
      return {index_of(containing(faces, choice.point))};
    case FaceChoice::Kind::number:
      if (choice.number < 1 || choice.number > faces.size()) {
        throw ItemError("--face " + std::to_string(choice.number) + ": the picture has " + count_text(faces.size()) +
                        "; `magicface estimate` numbers them");
      }
      return {choice.number - 1};
    case FaceChoice::Kind::all:
      break;
  }
  largest(faces);  // the error of a picture without faces
  std::vector<std::size_t> every(faces.size());
  std::iota(every.begin(), every.end(), std::size_t{0});
  return every;
}

const Face& largest(const std::vector<Face>& faces) {
  if (faces.empty()) {
    throw ItemError("no face found, upright or turned; use a picture that shows one larger and uncovered");
  }
  return *std::max_element(faces.begin(), faces.end(),
                           [](const Face& a, const Face& b) { return a.box.area() < b.box.area(); });
}

const Face& containing(const std::vector<Face>& faces, cv::Point2f point) {
  const Face* best = nullptr;
  float best_distance = 0;
  for (const Face& face : faces) {
    if (!covers(face, point)) continue;
    const cv::Point2f away = point - centre_of(face);
    const float distance = away.dot(away);
    if (best == nullptr || distance < best_distance) {
      best = &face;
      best_distance = distance;
    }
  }
  if (best == nullptr) {
    throw ItemError("--face " + format_number(point.x) + "," + format_number(point.y) + ": none of " +
                    count_text(faces.size()) + " lies there; use --face largest, or a pixel inside a face");
  }
  return *best;
}

}  // namespace magicface::face
