// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <vector>

#include "magicface/face/detector.hpp"
#include "magicface/face/selection.hpp"
#include "magicface/face/usability.hpp"
#include "magicface/models/bundle.hpp"
#include "magicface/pipeline/options.hpp"

namespace magicface::pipeline {

/// A face that `--face` chose.
struct ChosenFace {
  face::Face face;         ///< pixels of the picture
  std::size_t number = 1;  ///< from left to right, from 1, as `estimate` shows it
  face::Usability usability;
};

/// What the face networks say about one face of a picture.
struct FaceAnalysis {
  face::Face face;                       ///< pixels of the picture
  cv::Matx23d picture_to_crop;           ///< the model's crop, levelled for a rolled face
  cv::Mat crop;                          ///< CV_8UC3 RGB, image_size x image_size
  cv::Mat class_map;                     ///< CV_8UC1, the crop's size
  std::vector<cv::Point2f> landmarks;    ///< 68, pixels of the crop
  std::vector<cv::Point2f> neutral_jaw;  ///< jaw points with a neutral expression, pixels of the crop
  face::FivePoints five_points;          ///< eyes, nose, mouth corners, pixels of the crop
  cv::Mat blanked;                       ///< CV_8UC1, the crop's size, 255 where the condition image is blank
  cv::Mat beyond;                        ///< CV_32F, the crop's size, 1 where it shows clothes, hair or the background
  cv::Mat condition;                     ///< condition image, CV_8UC3 RGB, the crop's size
  cv::Mat contour;                       ///< the jaw contour alone on black
  cv::Mat blend_mask;                    ///< CV_32F in [0,1], the crop's size: where the model's picture goes back
};

/// Finds and reads faces with the bundle's networks; each is loaded when first needed.
class FaceAnalyser {
 public:
  FaceAnalyser(std::shared_ptr<const models::Bundle> bundle, const ComputeOptions& compute);
  ~FaceAnalyser();

  /// All faces, upright or turned, from left to right; empty when there is none (face/find.hpp). The bundle's parser,
  /// if there is one, turns faces that stand on their head, and leaves out what has neither eyes, nose nor mouth.
  /// @throws BundleError without a usable detector.
  std::vector<face::Face> detect(const cv::Mat& rgb);
  /// The detector's faces, whatever the parser makes of them: for pictures in which there must be one.
  std::vector<face::Face> detect_unchecked(const cv::Mat& rgb);
  /// The faces meant by `choice`; never empty. Of several, some may have a problem, never all of them.
  /// @throws ItemError when there is no such face, or none that can be edited.
  std::vector<ChosenFace> choose(const cv::Mat& rgb, const face::FaceChoice& choice);
  /// Crop, class map, landmarks, contour, condition image of one face.
  FaceAnalysis analyse(const cv::Mat& rgb, const face::Face& face, MaskPolicy policy = MaskPolicy::bundle);

  bool can_estimate() const;
  /// AU intensities, 0 to 5, in the bundle's order. @throws BundleError without an estimator.
  std::vector<double> estimate_aus(const cv::Mat& rgb, const face::Face& face);
  /// Pitch, yaw, roll in radians, of the picture; nothing without a head-pose module.
  std::optional<cv::Vec3d> estimate_pose(const cv::Mat& rgb, const face::Face& face);
  /// The identity module's vector; empty without one. Pictures of one person are near each other (Euclidean distance).
  std::vector<double> estimate_identity(const cv::Mat& rgb, const face::Face& face);
  std::vector<cv::Point2f> landmarks(const cv::Mat& rgb, const face::Face& face);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace magicface::pipeline
