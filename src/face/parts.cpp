// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/parts.hpp"

#include <algorithm>
#include <initializer_list>
#include <opencv2/imgproc.hpp>
#include <string_view>

namespace magicface::face {
namespace {

// Least areas, about a third to a half of the smallest that was measured on upright faces (docs/compositing.md).
constexpr double kEyes = 0.002, kNose = 0.013, kMouth = 0.006;
constexpr double kStray = 0.001;  // less is a parser's noise on a wall or the sky
// Eyes of upright faces were seen at -0.23 to -0.10, of faces on their head at -0.05 to 0.21.
constexpr double kEyeLine = -0.075;

FacePart part(const cv::Mat& class_map, const std::vector<std::string>& classes, const cv::Rect2d& box, double least,
              std::initializer_list<std::string_view> names) {
  cv::Mat found = cv::Mat::zeros(class_map.size(), CV_8UC1);
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (std::find(names.begin(), names.end(), classes[i]) != names.end()) found |= class_map == static_cast<int>(i);
  }
  const cv::Moments moments = cv::moments(found, true);
  FacePart result;
  result.area = moments.m00 / (box.width * box.width);
  if (moments.m00 > 0) result.height = (moments.m01 / moments.m00 - (box.y + box.height / 2)) / box.width;
  result.seen = result.area > least;
  return result;
}

}  // namespace

FaceParts face_parts(const cv::Mat& class_map, const std::vector<std::string>& classes, const cv::Rect2d& box) {
  return {part(class_map, classes, box, kEyes, {"l_eye", "r_eye"}), part(class_map, classes, box, kNose, {"nose"}),
          part(class_map, classes, box, kMouth, {"mouth", "u_lip", "l_lip"})};
}

bool shows_a_face(const FaceParts& parts) {
  return std::max({parts.eyes.area, parts.nose.area, parts.mouth.area}) > kStray;
}

bool eyes_are_above(const FaceParts& parts) { return parts.eyes.seen && parts.eyes.height < kEyeLine; }

bool is_clearly_upright(const FaceParts& parts) {
  return eyes_are_above(parts) && parts.nose.seen && parts.mouth.seen && parts.eyes.height < parts.nose.height &&
         parts.nose.height < parts.mouth.height;
}

}  // namespace magicface::face
