// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <string_view>
#include <vector>

namespace magicface::face {

/// Left and right as seen in the picture: left eye, right eye, nose, left and right corner of the mouth. (YuNet names
/// them from the person's side: right eye first.) Pixels.
using FivePoints = std::array<cv::Point2f, 5>;

/// A detected face, in pixels of the picture that was searched. The box may reach beyond the picture.
struct Face {
  cv::Rect2f box;           ///< as it lies once the picture is turned back by `roll` about the box's centre
  FivePoints points{};      ///< valid only with `has_points`
  float score = 0;          ///< (0,1], higher is surer; not comparable between detectors
  bool has_points = false;  ///< false: the detector gives boxes only; points come from landmarks (align.hpp)
  double roll = 0;  ///< radians, clockwise as seen in the picture; 0 for a face that counts as upright (find.hpp)
};

/// Finds faces. One detector may be shared by threads; calls run one after the other.
class FaceDetector {
 public:
  virtual ~FaceDetector() = default;
  /// @param rgb CV_8UC3. @returns the faces from left to right by box centre; empty when there is none.
  virtual std::vector<Face> detect(const cv::Mat& rgb) const = 0;
  /// As detect, at once and rougher: for a small picture that shows one head.
  virtual std::vector<Face> glance(const cv::Mat& rgb) const { return detect(rgb); }
};

/// YuNet through OpenCV. Searches with the long side at 640 pixels at most; where nothing is found, again at 320 and at
/// 1280, for faces that fill the frame and for small ones. Score threshold 0.6.
/// Box and points are means over four more searches around each face, so that they hardly depend on resolution.
/// @throws BundleError when the file is missing or doesn't suit this OpenCV (see onnx_suits_opencv).
std::unique_ptr<FaceDetector> make_yunet_detector(const std::filesystem::path& onnx);

/// Width of YuNet's box over the width of the Haar cascade's for the same face; measured, see haar_detector.cpp.
inline constexpr double kHaarWidthFactor = 0.9;

/// opencv-data's haarcascade_frontalface_default.xml: frontal faces only, no points (`has_points` false). Boxes are
/// brought to YuNet's, which `box_fraction` was measured with. @param width_factor see kHaarWidthFactor.
/// @param cascade empty: where opencv-data installs it.
/// @throws BundleError when the cascade is missing or can't be used.
std::unique_ptr<FaceDetector> make_haar_detector(const std::filesystem::path& cascade,
                                                 double width_factor = kHaarWidthFactor);

/// Whether this program's OpenCV fulfils a bundle's condition such as "<4.8" or ">=4.8" (also "<=", ">", "=="; empty:
/// always). @throws BundleError for anything else.
bool onnx_suits_opencv(std::string_view condition);

}  // namespace magicface::face
