// SPDX-License-Identifier: Apache-2.0
#include "detector_parts.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/core/utility.hpp>

#include "magicface/core/error.hpp"

namespace magicface::face {

void require_file(const std::filesystem::path& file, const std::string& what) {
  std::error_code failure;
  if (!std::filesystem::is_regular_file(file, failure)) {
    throw BundleError(file.string() + ": the " + what +
                      " is missing; check the bundle with `bundle verify` (cascades: install opencv-data)");
  }
}

void refuse_file(const std::filesystem::path& file, const std::string& what, const cv::Exception& reason) {
  std::string text = reason.err;
  std::replace(text.begin(), text.end(), '\n', ' ');
  throw BundleError(file.string() + ": OpenCV " + cv::getVersionString() + " can't use this " + what + " (" + text +
                    "); use the file made for this version");
}

void check_searchable(const cv::Mat& rgb) {
  if (rgb.empty() || rgb.type() != CV_8UC3) throw ItemError("face detection: expected an 8-bit RGB picture");
}

std::vector<Face> left_to_right(std::vector<Face> faces) {
  std::erase_if(faces, [](const Face& face) {
    const auto& b = face.box;
    return !(b.width > 0) || !(b.height > 0) || !std::isfinite(b.x + b.y + b.width + b.height);
  });
  std::stable_sort(faces.begin(), faces.end(),
                   [](const Face& a, const Face& b) { return a.box.x + a.box.width / 2 < b.box.x + b.box.width / 2; });
  return faces;
}

}  // namespace magicface::face
