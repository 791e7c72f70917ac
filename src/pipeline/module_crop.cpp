// SPDX-License-Identifier: Apache-2.0
#include "module_crop.hpp"

#include <cmath>

#include "magicface/core/error.hpp"
#include "magicface/face/align.hpp"
#include "magicface/face/crop.hpp"

namespace magicface::pipeline {

cv::Matx23d module_transform(const models::Manifest& manifest, const std::string& module, const face::Face& face,
                             int side) {
  const auto found = manifest.alignment.find(module);
  if (found == manifest.alignment.end())
    return face::crop_transform(face.box, manifest.crop_box_fraction, side, face.roll);
  const auto& alignment = found->second;
  if (alignment.type == "box") return face::crop_transform(face.box, alignment.box_fraction, side, face.roll);
  if (alignment.type == "fan") return face::box_transform(face.box, side, {}, face.roll);
  if (!face.has_points) {
    throw BundleError("module '" + module + "': its alignment '" + alignment.type +
                      "' needs the five points of a YuNet detector, and the bundle has none for this OpenCV");
  }
  if (alignment.type == "five_point") return face::five_point_transform(face.points, side);
  return face::ffhq_quad_transform(face.points, side);
}

double levelled_by(const models::Manifest& manifest, const std::string& module, const face::Face& face) {
  const auto transform = module_transform(manifest, module, face, 64);  // of any size
  return std::atan2(-transform(1, 0), transform(0, 0));
}

}  // namespace magicface::pipeline
