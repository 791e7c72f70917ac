// SPDX-License-Identifier: Apache-2.0
#include "magicface/pipeline/face_mask.hpp"

#include <opencv2/imgproc.hpp>
#include <set>

#include "magicface/core/error.hpp"

namespace magicface::pipeline {

cv::Mat face_mask(const FaceAnalysis& analysis, const models::Manifest& manifest, cv::Size size) {
  static const std::set<std::string> kFace{"skin",  "l_brow", "r_brow", "l_eye", "r_eye",
                                           "eye_g", "nose",   "mouth",  "u_lip", "l_lip"};
  if (!manifest.condition)
    throw BundleError(manifest.name + ": no 'condition' section, so the parser's classes have no names");
  const auto& classes = manifest.condition->classes;
  cv::Mat face = cv::Mat::zeros(analysis.class_map.size(), CV_8UC1);
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (kFace.contains(classes[i])) face |= analysis.class_map == static_cast<int>(i);
  }
  cv::Mat mask;
  cv::warpAffine(face, mask, cv::Mat(analysis.picture_to_crop), size, cv::INTER_NEAREST | cv::WARP_INVERSE_MAP,
                 cv::BORDER_CONSTANT, {});
  return mask;
}

}  // namespace magicface::pipeline
