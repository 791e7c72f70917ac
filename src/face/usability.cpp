// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/usability.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "magicface/core/text.hpp"

namespace magicface::face {
namespace {

constexpr double kEnlarged = 2;   // more than this shows as softness
constexpr double kCutOff = 0.15;  // of the box outside the picture; detectors guess a little beyond a hairline
constexpr double kMostlyGone = 0.5;
constexpr double kTurned = 0.55;  // nose from the eyes' middle, in eye distances: about 45 degrees of yaw
constexpr float kUnsure = 0.75F;  // YuNet's score; clear faces get 0.85 and more

/// Share of the (turned) box that lies outside the picture, 0 to 1.
double outside(const Face& face, cv::Size picture) {
  const cv::RotatedRect box((face.box.tl() + face.box.br()) * 0.5F, face.box.size(),
                            static_cast<float>(face.roll * 180 / CV_PI));
  cv::Point2f corners[4];
  box.points(corners);
  const auto w = static_cast<float>(picture.width), h = static_cast<float>(picture.height);
  std::vector<cv::Point2f> inside;
  cv::intersectConvexConvex(std::vector<cv::Point2f>(corners, corners + 4),
                            std::vector<cv::Point2f>{{0, 0}, {w, 0}, {w, h}, {0, h}}, inside);
  const double area = inside.size() < 3 ? 0 : cv::contourArea(inside);
  return 1 - std::min(1.0, area / std::max(1e-6F, face.box.area()));
}

/// How far the nose lies from the middle between the eyes, along their line, in eye distances. 0: seen from the front.
double turned_by(const FivePoints& points) {
  const cv::Point2f across = points[1] - points[0];
  const cv::Point2f nose = points[2] - (points[0] + points[1]) * 0.5F;
  return std::abs(nose.dot(across)) / std::max(1e-6F, across.dot(across));
}

/// "eyes", "nose and mouth", ...: what a parser doesn't see; empty when it sees all.
std::string unseen(const FaceParts& parts) {
  std::string names;
  for (const auto& [part, name] : {std::pair{&parts.eyes, "eyes"}, {&parts.nose, "nose"}, {&parts.mouth, "mouth"}}) {
    if (!part->seen) names += (names.empty() ? "" : " and ") + std::string(name);
  }
  return names;
}

}  // namespace

Usability usability_of(const Face& face, std::size_t number, cv::Size picture, double model_width,
                       const std::optional<FaceParts>& parts) {
  Usability result;
  const std::string name = "face " + std::to_string(number) + " (score " + format_fixed(face.score, 2) + ") ";
  const std::string width = format_fixed(face.box.width, 0) + " pixels wide";
  const double gone = outside(face, picture);
  if (face.box.width < kSmallestFace) {
    result.problem = name + "is too small: expected at least " + format_fixed(kSmallestFace, 0) +
                     " pixels of width, got " + format_fixed(face.box.width, 0) + "; use a larger picture";
  } else if (gone > kMostlyGone) {
    result.problem = name + "is cut off: " + format_fixed(100 * gone, 0) +
                     " % of it lies outside the picture; use a picture that shows the whole face";
  }
  if (const double enlarged = model_width / face.box.width; enlarged > kEnlarged) {
    result.warnings.push_back(name + "is only " + width + " and is enlarged " + format_fixed(enlarged, 1) +
                              " times for the model; a larger picture gives a clearer edit");
  }
  if (gone > kCutOff) {
    result.warnings.push_back(name + "is cut off: " + format_fixed(100 * gone, 0) +
                              " % of it lies outside the picture; the model sees a mirrored border there");
  }
  if (const auto names = parts ? unseen(*parts) : ""; !names.empty()) {
    result.warnings.push_back(name + "is covered, or seen from the side: no " + names +
                              " to be seen; what is covered is drawn anew, look at the result");
  }
  if (!face.has_points) return result;  // a box says no more, and its score isn't on the same scale
  if (turned_by(face.points) > kTurned) {
    result.warnings.push_back(
        name + "is turned away, near profile; the far half is guessed, a picture from the front is safer");
  }
  if (face.score < kUnsure) {
    result.warnings.push_back(name + "is hardly recognised: covered, blurred or turned away; look at the result");
  }
  return result;
}

}  // namespace magicface::face
