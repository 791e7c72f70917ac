// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/crop.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <string>

#include "magicface/core/error.hpp"

namespace magicface::face {
namespace {

/// The part of the picture that the crop reads, `margin` pixels wider; the nearest pixel when it reads none.
cv::Rect read_by(cv::Size picture, int image_size, const cv::Matx23d& crop_to_picture, double margin) {
  const double end = image_size - 1;
  double left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY;
  for (const auto& corner : std::array<cv::Point2d, 4>{{{0, 0}, {end, 0}, {0, end}, {end, end}}}) {
    const cv::Point2d at = transform_point(corner, crop_to_picture);
    left = std::min(left, at.x);
    top = std::min(top, at.y);
    right = std::max(right, at.x);
    bottom = std::max(bottom, at.y);
  }
  // A mirrored border shows as much of the inside as the crop reaches beyond the edge.
  const double wide = std::max({0.0, -left, right - picture.width}) + margin;
  const double high = std::max({0.0, -top, bottom - picture.height}) + margin;
  const auto inside = [](double value, int limit) { return static_cast<int>(std::clamp(value, 0.0, double(limit))); };
  const int x = std::min(inside(std::floor(left - wide), picture.width), picture.width - 1);
  const int y = std::min(inside(std::floor(top - high), picture.height), picture.height - 1);
  return {x, y, std::max(1, inside(std::ceil(right + wide) + 1, picture.width) - x),
          std::max(1, inside(std::ceil(bottom + high) + 1, picture.height) - y)};
}

}  // namespace

cv::Matx23d levelling(const cv::Point2d& centre, double scale, double roll, const cv::Point2d& to) {
  const double along = roll == 0 ? scale : scale * std::cos(roll);
  const double across = roll == 0 ? 0 : scale * std::sin(roll);
  return {along,      across, to.x - (along * centre.x + across * centre.y),
          0 - across, along,  to.y - (along * centre.y - across * centre.x)};
}

cv::Matx23d crop_transform(const cv::Rect2f& box, double box_fraction, int image_size, double roll) {
  if (!(box.width > 0) || !(box.height > 0) || !(box_fraction > 0) || image_size <= 0) {
    throw ItemError("face crop: expected a face box with an area, got " + std::to_string(box.width) + " x " +
                    std::to_string(box.height));
  }
  const double scale = box_fraction * image_size / box.width;
  const cv::Point2d centre(box.x + box.width / 2.0, box.y + box.height / 2.0);
  return levelling(centre, scale, roll, {image_size / 2.0, image_size / 2.0});
}

cv::Matx23d compose(const cv::Matx23d& second, const cv::Matx23d& first) {
  const cv::Matx33d full(first(0, 0), first(0, 1), first(0, 2), first(1, 0), first(1, 1), first(1, 2), 0, 0, 1);
  return second * full;
}

cv::Matx23d invert(const cv::Matx23d& transform) {
  const double determinant = transform(0, 0) * transform(1, 1) - transform(0, 1) * transform(1, 0);
  if (!(std::abs(determinant) > 1e-12) || !std::isfinite(determinant)) {
    throw ItemError("face transform: can't be inverted; the face's points or box are degenerate");
  }
  cv::Matx23d inverse;
  cv::invertAffineTransform(transform, inverse);
  return inverse;
}

cv::Mat warp_to_crop(const cv::Mat& picture, const cv::Matx23d& picture_to_crop, int image_size, Border border) {
  if (picture.empty() || picture.depth() != CV_8U) throw ItemError("face crop: expected an 8-bit picture");
  const cv::Matx23d back = invert(picture_to_crop);
  const double shrink = std::sqrt(std::abs(back(0, 0) * back(1, 1) - back(0, 1) * back(1, 0)));
  // 0 at shrink 1 and growing without a step: crops just below and above it look alike.
  const double sigma = shrink > 1.01 ? 0.5 * std::sqrt(shrink * shrink - 1) : 0.0;
  const cv::Rect area = read_by(picture.size(), image_size, back, 4 * sigma + 2);
  cv::Mat source = picture(area);
  if (sigma > 0) {
    cv::Mat smooth;  // a Mat of its own: `picture` belongs to the caller
    cv::GaussianBlur(source, smooth, {}, sigma, 0, cv::BORDER_REFLECT_101 | cv::BORDER_ISOLATED);
    source = smooth;
  }
  cv::Matx23d from_area = back;
  from_area(0, 2) -= area.x;
  from_area(1, 2) -= area.y;
  cv::Mat crop;
  cv::warpAffine(source, crop, from_area, {image_size, image_size}, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                 border == Border::black ? cv::BORDER_CONSTANT : cv::BORDER_REFLECT_101, cv::Scalar::all(0));
  return crop;
}

cv::Point2d transform_point(const cv::Point2d& point, const cv::Matx23d& transform) {
  const cv::Vec2d at = transform * cv::Vec3d(point.x, point.y, 1);
  return {at[0], at[1]};
}

std::vector<cv::Point2f> transform_points(const std::vector<cv::Point2f>& points, const cv::Matx23d& transform) {
  std::vector<cv::Point2f> moved;
  moved.reserve(points.size());
  for (const auto& point : points) moved.emplace_back(transform_point(point, transform));
  return moved;
}

FivePoints transform_points(const FivePoints& points, const cv::Matx23d& transform) {
  FivePoints moved;
  for (std::size_t i = 0; i < points.size(); ++i) moved[i] = transform_point(points[i], transform);
  return moved;
}

}  // namespace magicface::face
