// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/find.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <optional>
#include <utility>

#include "detector_parts.hpp"
#include "magicface/face/align.hpp"
#include "magicface/face/crop.hpp"

namespace magicface::face {
namespace {

/// Flat surfaces pass for faces with 0.6 to 0.7 now and then, turned faces score 0.8 and more.
constexpr double kTurnedScore = 0.75;

// Sides in pixels of the surroundings that are searched: which way a face stands is seen in few, its box in more.
constexpr double kGlance = 320;
constexpr double kLook = 640;

cv::Point2d centre_of(const cv::Rect2f& box) { return {box.x + box.width / 2.0, box.y + box.height / 2.0}; }

double surest(const std::vector<Face>& faces) {
  float best = 0;
  for (const Face& face : faces) best = std::max(best, face.score);
  return best;
}

/// Faces of the picture turned by each of the three quarter turns; those of the turn with the surest one.
std::vector<Face> find_turned(const FaceDetector& detector, const cv::Mat& rgb) {
  const double right = rgb.cols - 1, bottom = rgb.rows - 1;
  // Each turn as cv::rotate does it, and the map from the turned picture back to this one.
  const std::pair<int, cv::Matx23d> turns[] = {{cv::ROTATE_90_CLOCKWISE, {0, 1, 0, -1, 0, bottom}},
                                               {cv::ROTATE_180, {-1, 0, right, 0, -1, bottom}},
                                               {cv::ROTATE_90_COUNTERCLOCKWISE, {0, -1, right, 1, 0, 0}}};
  std::vector<Face> best;
  for (const auto& [turn, back] : turns) {
    cv::Mat turned;
    cv::rotate(rgb, turned, turn);
    auto faces = detector.detect(turned);
    if (surest(faces) <= std::max(kTurnedScore, surest(best))) continue;
    for (Face& face : faces) face = transform_face(face, back);
    best = std::move(faces);
  }
  return best;
}

/// The face's surroundings, levelled by `roll`, and the way back to the picture.
struct Surroundings {
  cv::Mat rgb;
  cv::Matx23d back;
};

Surroundings surroundings_of(const cv::Mat& rgb, const cv::Rect2f& box, double roll, double most_pixels) {
  constexpr double kSides = 3;  // of the face, so that the detector sees the head
  const double reach = kSides * std::max(box.width, box.height);
  const double side = std::min(reach, most_pixels);
  const auto to_level = levelling(centre_of(box), side / reach, roll, {side / 2, side / 2});
  return {warp_to_crop(rgb, to_level, static_cast<int>(side), Border::black), invert(to_level)};
}

/// The one of `faces`, in the pixels of `surroundings`, that is `face`; in the picture's pixels.
std::optional<Face> same_face(const std::vector<Face>& faces, const Surroundings& surroundings, const Face& face) {
  for (const Face& found : faces) {
    const Face again = transform_face(found, surroundings.back);
    if (cv::norm(centre_of(again.box) - centre_of(face.box)) < face.box.width / 2) return again;
  }
  return std::nullopt;
}

/// Levels step by step from `roll` until the face that is seen there stands upright.
std::optional<Face> level_from(const FaceDetector& detector, const cv::Mat& rgb, const Face& face, double roll) {
  constexpr double kLevel = 6 * CV_PI / 180;
  for (int step = 0; step < 4; ++step) {
    const auto surroundings = surroundings_of(rgb, face.box, roll, kGlance);
    auto found = same_face(detector.glance(surroundings.rgb), surroundings, face);
    if (!found) return std::nullopt;
    const double seen = roll_of(found->points);
    const double rest = std::remainder(seen - roll, 2 * CV_PI);
    found->roll = roll = seen;
    if (std::abs(rest) < kLevel) return found;
  }
  return std::nullopt;
}

/// A detector's box around a rolled face has another width, and the crop is cut by the width: one more look, levelled.
Face look_again(const FaceDetector& detector, const cv::Mat& rgb, const Face& rolled) {
  const auto surroundings = surroundings_of(rgb, rolled.box, rolled.roll, kLook);
  auto level = same_face(detector.detect(surroundings.rgb), surroundings, rolled).value_or(rolled);
  level.roll = roll_of(level.points);
  level.score = rolled.score;  // of the search that decided
  return level;
}

/// YuNet misreads strong rolls, sometimes by half a turn. Its score is highest where the face is upright, so the face
/// is levelled from four sides and the surest one is taken.
Face orient(const FaceDetector& detector, const cv::Mat& rgb, const Face& face, double roll) {
  std::optional<Face> best;
  for (const double turn : {0.0, CV_PI / 2, CV_PI, -CV_PI / 2}) {
    const auto found = level_from(detector, rgb, face, roll + turn);
    if (found && (!best || found->score > best->score)) best = found;
  }
  if (!best || std::abs(best->roll) < kUprightRoll) return face;
  return look_again(detector, rgb, *best);
}

/// Whether there is anything in the box: a face has shadows, even in fog and after strong compression.
bool is_flat(const cv::Mat& rgb, const cv::Rect2f& box) {
  constexpr double kGrain = 2;  // standard deviation, grey levels
  const cv::Rect inside = cv::Rect(box) & cv::Rect({0, 0}, rgb.size());
  if (inside.empty()) return true;
  cv::Scalar mean, deviation;
  cv::meanStdDev(rgb(inside), mean, deviation);
  return std::max({deviation[0], deviation[1], deviation[2]}) < kGrain;
}

}  // namespace

Face transform_face(const Face& face, const cv::Matx23d& transform) {
  Face moved = face;
  const double scale = std::hypot(transform(0, 0), transform(1, 0));
  const cv::Point2d centre = transform_point(centre_of(face.box), transform);
  const cv::Size2d size(face.box.width * scale, face.box.height * scale);
  moved.box = cv::Rect2d(centre.x - size.width / 2, centre.y - size.height / 2, size.width, size.height);
  moved.points = transform_points(face.points, transform);
  moved.roll = std::remainder(face.roll + std::atan2(transform(1, 0), transform(0, 0)), 2 * CV_PI);
  return moved;
}

std::vector<Face> find_faces(const FaceDetector& detector, const cv::Mat& rgb) {
  auto faces = detector.detect(rgb);
  if (faces.empty()) faces = find_turned(detector, rgb);
  std::erase_if(faces, [&](const Face& face) { return is_flat(rgb, face.box); });
  for (Face& face : faces) {
    if (!face.has_points) continue;
    const double roll = roll_of(face.points);
    // What seems upright is left alone: scores can't tell an upright face from one on its head surely enough to turn
    // it.
    if (std::abs(roll) >= kUprightRoll) face = orient(detector, rgb, face, roll);
  }
  return left_to_right(std::move(faces));
}

std::optional<Face> turned_over(const FaceDetector& detector, const cv::Mat& rgb, const Face& face) {
  if (!face.has_points) return std::nullopt;
  const auto found = level_from(detector, rgb, face, roll_of(face.points) + CV_PI);
  if (!found) return std::nullopt;
  return look_again(detector, rgb, *found);
}

}  // namespace magicface::face
