// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/align.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "magicface/core/error.hpp"
#include "magicface/face/crop.hpp"

namespace magicface::face {

const FiveTemplate& arcface_template() {
  static const FiveTemplate points{
      {{38.2946, 51.6963}, {73.5318, 51.5014}, {56.0252, 71.7366}, {41.5493, 92.3655}, {70.7299, 92.2041}}};
  return points;
}

cv::Matx23d five_point_transform(const FivePoints& points, int size, const FiveTemplate& on, int template_size) {
  FiveTemplate scaled = on;
  for (auto& point : scaled) point *= static_cast<double>(size) / template_size;
  return similarity(points, scaled);
}

namespace {

/// What eyes and mouth say about where a face lies and which way its right is.
struct FaceAxes {
  cv::Point2d eyes, eye_to_eye, eye_to_mouth, right;
};

FaceAxes axes_of(const FivePoints& points) {
  FaceAxes axes;
  axes.eyes = (cv::Point2d(points[0]) + cv::Point2d(points[1])) * 0.5;
  axes.eye_to_eye = cv::Point2d(points[1]) - cv::Point2d(points[0]);
  axes.eye_to_mouth = (cv::Point2d(points[3]) + cv::Point2d(points[4])) * 0.5 - axes.eyes;
  // The sum of the eyes' line and the turned mouth line: a tilt that one alone would misjudge on a turned head.
  axes.right = axes.eye_to_eye + cv::Point2d(axes.eye_to_mouth.y, -axes.eye_to_mouth.x);
  return axes;
}

}  // namespace

double roll_of(const FivePoints& points) {
  const cv::Point2d right = axes_of(points).right;
  return std::atan2(right.y, right.x);
}

cv::Matx23d ffhq_quad_transform(const FivePoints& points, int size, const QuadAlignment& alignment) {
  auto [eyes, eye_to_eye, eye_to_mouth, right] = axes_of(points);
  const double length = cv::norm(right);
  const double half =
      std::max(alignment.eye_scale * cv::norm(eye_to_eye), alignment.mouth_scale * cv::norm(eye_to_mouth));
  if (!(length > 1e-6) || !(half > 1e-6)) throw ItemError("face alignment: eyes and mouth coincide; use a larger face");
  right *= 1 / length;
  const cv::Point2d down(-right.y, right.x);
  const cv::Point2d corner = eyes + eye_to_mouth * alignment.centre_shift - (right + down) * half;
  // Continuous coordinates u = scale * (p - corner) . right; half a pixel makes them indices.
  const double scale = size / (2 * half);
  return {scale * right.x, scale * right.y, -scale * corner.dot(right) - 0.5,
          scale * down.x,  scale * down.y,  -scale * corner.dot(down) - 0.5};
}

cv::Matx23d box_transform(const cv::Rect2f& box, int size, const BoxAlignment& alignment, double roll) {
  const double side = alignment.side * (static_cast<double>(box.width) + box.height);
  if (!(box.width > 0) || !(box.height > 0) || !(side > 0)) {
    throw ItemError("face alignment: expected a face box with an area, got " + std::to_string(box.width) + " x " +
                    std::to_string(box.height));
  }
  const double scale = size / side;
  const cv::Point2d centre(box.x + box.width / 2.0, box.y + box.height / 2.0);
  // The shift goes down the face, whichever way that is in the picture.
  return levelling(centre, scale, roll, {size / 2.0, size / 2.0 - scale * alignment.shift_y * box.height});
}

cv::Matx23d centre_cut(const cv::Matx23d& transform, int from, int to) {
  cv::Matx23d cut = transform;
  const double edge = (from - to) / 2.0;
  cut(0, 2) -= edge;
  cut(1, 2) -= edge;
  return cut;
}

FivePoints five_points_of(const std::vector<cv::Point2f>& landmarks) {
  if (landmarks.size() != 68) {
    throw ItemError("landmarks: expected 68 points, got " + std::to_string(landmarks.size()));
  }
  const auto mean = [&](std::size_t first, std::size_t count) {
    cv::Point2f sum;
    for (std::size_t i = first; i < first + count; ++i) sum += landmarks[i];
    return sum / static_cast<float>(count);
  };
  return {mean(36, 6), mean(42, 6), landmarks[30], landmarks[48], landmarks[54]};
}

}  // namespace magicface::face
