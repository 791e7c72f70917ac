// SPDX-License-Identifier: Apache-2.0
#include "magicface/image/blend.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "grain.hpp"
#include "magicface/core/error.hpp"
#include "magicface/image/motion.hpp"
#include "shades.hpp"

namespace magicface::image {
namespace {

/// One axis of the mask: smoothstep of the distance to the nearer end, so that value and slope meet 0 and 1.
std::vector<float> ramp(int length, int feather) {
  std::vector<float> weights(static_cast<std::size_t>(length));
  for (int i = 0; i < length; ++i) {
    const double t = std::min(1.0, static_cast<double>(std::min(i, length - 1 - i)) / feather);
    weights[static_cast<std::size_t>(i)] = static_cast<float>(t * t * (3 - 2 * t));
  }
  return weights;
}

/// The part of the picture that the crop covers, one pixel wider for interpolation.
cv::Rect covered(cv::Size picture, cv::Size crop, const cv::Matx23d& picture_to_crop) {
  cv::Matx23d back;
  cv::invertAffineTransform(picture_to_crop, back);
  double left = picture.width, top = picture.height, right = -1, bottom = -1;
  for (const auto& corner :
       std::array<cv::Vec3d, 4>{cv::Vec3d(-1, -1, 1), cv::Vec3d(crop.width, -1, 1), cv::Vec3d(-1, crop.height, 1),
                                cv::Vec3d(crop.width, crop.height, 1)}) {
    const cv::Vec2d at = back * corner;
    left = std::min(left, at[0]);
    top = std::min(top, at[1]);
    right = std::max(right, at[0]);
    bottom = std::max(bottom, at[1]);
  }
  const auto inside = [](double value, int limit) { return static_cast<int>(std::clamp(value, 0.0, double(limit))); };
  const cv::Point first(inside(std::floor(left), picture.width), inside(std::floor(top), picture.height));
  const cv::Point last(inside(std::ceil(right) + 1, picture.width), inside(std::ceil(bottom) + 1, picture.height));
  return {first, last};
}

/// Several crop pixels per picture pixel would alias: blur first. The width grows from 0 at scale 1, without a step.
cv::Mat ready_to_shrink(const cv::Mat& crop, double crop_pixels_per_picture_pixel) {
  const double factor = crop_pixels_per_picture_pixel;
  if (factor <= 1.01 || crop.empty()) return crop;
  cv::Mat smooth;
  cv::GaussianBlur(crop, smooth, {}, 0.5 * std::sqrt(factor * factor - 1), 0, cv::BORDER_REPLICATE);
  return smooth;
}

/// The layer at the picture's resolution, and the source as it moved, of the area that the layer covers.
struct Placed {
  cv::Mat colour, kept, weights, moved, grain;
};

/// The area's pixels (CV_32FC3), each from where the motion (in pixels of the crop) says that it was.
cv::Mat moved_source(const cv::Mat& picture, const cv::Rect& area, const cv::Mat& motion,
                     const cv::Matx23d& picture_to_crop) {
  cv::Mat moved;
  if (motion.empty()) {
    picture(area).convertTo(moved, CV_32F);
    return moved;
  }
  const auto& m = picture_to_crop;
  const cv::Matx22d back = cv::Matx22d(m(0, 0), m(0, 1), m(1, 0), m(1, 1)).inv();
  cv::Mat in_picture;
  cv::transform(motion, in_picture, cv::Mat(back));
  return taken_from(picture, in_picture, area.tl());
}

void blend(cv::Mat& target, const Placed& layer) {
  for (int y = 0; y < target.rows; ++y) {
    auto* pixel = target.ptr<cv::Vec3b>(y);
    const auto* colour = layer.colour.ptr<cv::Vec3f>(y);
    const auto* kept = layer.kept.empty() ? nullptr : layer.kept.ptr<float>(y);
    const auto* weight = layer.weights.ptr<float>(y);
    const auto* moved = layer.moved.ptr<cv::Vec3f>(y);
    const auto* grain = layer.grain.empty() ? nullptr : layer.grain.ptr<cv::Vec3f>(y);
    for (int x = 0; x < target.cols; ++x) {
      if (!(weight[x] > 0)) continue;
      const float share = kept == nullptr ? 0 : kept[x];
      for (int c = 0; c < 3; ++c) {
        const float before = pixel[x][c];
        const float drawn = colour[x][c] + share * moved[x][c] + (grain == nullptr ? 0 : (1 - share) * grain[x][c]);
        pixel[x][c] = cv::saturate_cast<uchar>(before + weight[x] * (drawn - before));
      }
    }
  }
}

/// A user's mask lowers the weights; where it is black they become exactly 0.
void apply_limit(cv::Mat& weights, const cv::Mat& limit) {
  cv::Mat share;
  limit.convertTo(share, CV_32F, 1.0 / 255.0);
  weights = weights.mul(share);
}

void check(const Picture& target, const Layer& layer, const cv::Mat& limit) {
  const bool fits =
      layer.colour.type() == CV_32FC3 && layer.weights.type() == CV_32FC1 &&
      layer.weights.size() == layer.colour.size() &&
      (layer.kept.empty() || (layer.kept.type() == CV_32FC1 && layer.kept.size() == layer.colour.size())) &&
      (layer.motion.empty() || (layer.motion.type() == CV_32FC2 && layer.motion.size() == layer.colour.size()));
  if (target.rgb.type() != CV_8UC3 || !fits) {
    throw ItemError("pasting a crop back: expected 8-bit RGB pictures and a float mask of the crop's size");
  }
  if (!limit.empty() && (limit.type() != CV_8UC1 || limit.size() != target.rgb.size())) {
    throw ItemError("pasting a crop back: expected an 8-bit mask of the picture's size");
  }
}

}  // namespace

cv::Mat feathered_mask(cv::Size size, int feather_pixels) {
  if (size.empty()) throw ItemError("feathered mask: expected a crop of at least one pixel, got an empty one");
  const int feather = std::max(1, std::min(feather_pixels, (std::min(size.width, size.height) - 1) / 2));
  const auto columns = ramp(size.width, feather);
  const auto rows = ramp(size.height, feather);
  return cv::Mat(rows, true) * cv::Mat(columns, true).t();
}

void put_layer(Picture& target, const Layer& layer, const cv::Matx23d& picture_to_crop, const cv::Mat& limit) {
  check(target, layer, limit);
  const auto& m = picture_to_crop;
  const double determinant = std::abs(m(0, 0) * m(1, 1) - m(0, 1) * m(1, 0));
  if (!(determinant > 1e-12)) throw ItemError("pasting a crop back: the crop's transform can't be inverted");
  const cv::Rect area = covered(target.rgb.size(), layer.colour.size(), m);
  if (area.empty()) return;

  // The same transform for a picture that begins at `area`.
  const cv::Vec2d start = m * cv::Vec3d(area.x, area.y, 1);
  const cv::Matx23d shifted(m(0, 0), m(0, 1), start[0], m(1, 0), m(1, 1), start[1]);
  const double density = std::sqrt(determinant);
  const auto place = [&](const cv::Mat& crop, int interpolation, int border) {
    cv::Mat placed;
    if (crop.empty()) return placed;
    cv::warpAffine(crop, placed, shifted, area.size(), interpolation | cv::WARP_INVERSE_MAP, border);
    return placed;
  };
  Placed placed;
  // Colour holds what is kept with the other sign: both take the same way, or their difference would show the crop's
  // grid.
  placed.colour = place(ready_to_shrink(layer.colour, density), cv::INTER_CUBIC, cv::BORDER_REPLICATE);
  placed.kept = place(ready_to_shrink(layer.kept, density), cv::INTER_CUBIC, cv::BORDER_REPLICATE);
  placed.weights = place(layer.weights, cv::INTER_LINEAR, cv::BORDER_CONSTANT);
  placed.moved = moved_source(target.rgb, area, place(layer.motion, cv::INTER_CUBIC, cv::BORDER_REPLICATE), m);
  if (layer.grain) {
    const cv::Mat steady = layer.motion.empty() ? cv::Mat() : undistorted(layer.motion);
    placed.grain =
        settle_grain(target.rgb(area), placed.moved, place(steady, cv::INTER_LINEAR, cv::BORDER_REPLICATE), density);
  }
  if (!limit.empty()) apply_limit(placed.weights, limit(area));
  cv::Mat part = target.rgb(area);
  blend(part, placed);
}

void paste_back(Picture& target, const cv::Mat& edited_crop_rgb, const cv::Mat& edited_crop_mask,
                const cv::Matx23d& picture_to_crop) {
  if (edited_crop_rgb.type() != CV_8UC3) throw ItemError("pasting a crop back: expected an 8-bit RGB crop");
  Layer layer;
  edited_crop_rgb.convertTo(layer.colour, CV_32F);
  layer.weights = edited_crop_mask;
  put_layer(target, layer, picture_to_crop);
}

}  // namespace magicface::image
