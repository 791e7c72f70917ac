// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include "magicface/face/condition.hpp"
#include "magicface/face/crop.hpp"

namespace magicface::face {

/// The published template of the 256 canvas (its code's own numbers).
inline FiveTemplate canvas_points() {
  return {{{92.5892, 103.3926}, {163.0636, 103.0028}, {128.0504, 143.4732}, {99.0986, 184.731}, {157.4598, 184.4082}}};
}

/// Five points that `to_template` brings onto `on` exactly (up to float).
inline FivePoints points_under(const FiveTemplate& on, const cv::Matx23d& to_template) {
  FivePoints points;
  const auto back = invert(to_template);
  for (std::size_t i = 0; i < points.size(); ++i) points[i] = transform_point(on[i], back);
  return points;
}

inline double largest_difference(const cv::Matx23d& a, const cv::Matx23d& b) { return cv::norm(a - b, cv::NORM_INF); }

}  // namespace magicface::face
