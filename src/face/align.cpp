// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/align.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "magicface/core/error.hpp"

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

cv::Matx23d ffhq_quad_transform(const FivePoints& points, int size, const QuadAlignment& alignment) {
  const cv::Point2d left_eye = points[0];
  const cv::Point2d right_eye = points[1];
  const cv::Point2d eyes = (left_eye + right_eye) * 0.5;
  const cv::Point2d eye_to_eye = right_eye - left_eye;
  const cv::Point2d eye_to_mouth = (cv::Point2d(points[3]) + cv::Point2d(points[4])) * 0.5 - eyes;
  // The sum of the eyes' line and the turned mouth line: a tilt that one alone would misjudge on a turned head.
  cv::Point2d right = eye_to_eye + cv::Point2d(eye_to_mouth.y, -eye_to_mouth.x);
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

cv::Matx23d box_transform(const cv::Rect2f& box, int size, const BoxAlignment& alignment) {
  const double side = alignment.side * (static_cast<double>(box.width) + box.height);
  if (!(box.width > 0) || !(box.height > 0) || !(side > 0)) {
    throw ItemError("face alignment: expected a face box with an area, got " + std::to_string(box.width) + " x " +
                    std::to_string(box.height));
  }
  const double scale = size / side;
  const double cx = box.x + box.width / 2.0;
  const double cy = box.y + box.height / 2.0 + alignment.shift_y * box.height;
  return {scale, 0, size / 2.0 - scale * cx, 0, scale, size / 2.0 - scale * cy};
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
