// SPDX-License-Identifier: Apache-2.0
#include "openface_pose.hpp"

#include <algorithm>
#include <cmath>

namespace magicface::app {

cv::Vec3d openface_pose(const cv::Vec3d& pose) {
  // A turn about y or z is the opposite one when these axes point the other way.
  const double cx = std::cos(pose[0]), sx = std::sin(pose[0]);
  const double cy = std::cos(-pose[1]), sy = std::sin(-pose[1]);
  const double cz = std::cos(-pose[2]), sz = std::sin(-pose[2]);
  const cv::Matx33d about_x(1, 0, 0, 0, cx, -sx, 0, sx, cx);
  const cv::Matx33d about_y(cy, 0, sy, 0, 1, 0, -sy, 0, cy);
  const cv::Matx33d about_z(cz, -sz, 0, sz, cz, 0, 0, 0, 1);
  const cv::Matx33d r = about_z * about_y * about_x;
  return {std::atan2(-r(1, 2), r(2, 2)), std::asin(std::clamp(r(0, 2), -1.0, 1.0)), std::atan2(-r(0, 1), r(0, 0))};
}

}  // namespace magicface::app
