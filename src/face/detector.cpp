// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/detector.hpp"

#include <algorithm>
#include <opencv2/core/utility.hpp>
#include <optional>
#include <string>

#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"

namespace magicface::face {

bool onnx_suits_opencv(std::string_view condition) {
  const std::string text = trim(condition);
  if (text.empty()) return true;
  const auto number_at = std::min(text.find_first_of("0123456789"), text.size());
  const std::string relation = trim(std::string_view(text).substr(0, number_at));
  const auto parts = split(std::string_view(text).substr(number_at), '.');
  const auto major = parse_number(parts[0]);
  const auto minor = parts.size() > 1 ? parse_number(parts[1]) : std::optional<double>(0);
  if (major && minor && parts.size() <= 2) {
    // The library that runs decides, not the headers that were compiled.
    const double wanted = *major * 1000 + *minor;
    const double ours = cv::getVersionMajor() * 1000 + cv::getVersionMinor();
    if (relation == "<") return ours < wanted;
    if (relation == "<=") return ours <= wanted;
    if (relation == ">") return ours > wanted;
    if (relation == ">=") return ours >= wanted;
    if (relation == "==") return ours == wanted;
  }
  throw BundleError("OpenCV condition '" + text + "': expected one such as <4.8 or >=4.8");
}

}  // namespace magicface::face
