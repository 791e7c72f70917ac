// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <vector>

#include "magicface/face/detector.hpp"
#include "magicface/image/picture.hpp"
#include "magicface/models/bundle.hpp"
#include "magicface/pipeline/options.hpp"

/// One portrait through the paper's pipeline (section III): prepare, sample, decode, composite.
namespace magicface::pipeline {

/// What the face networks say about one face of a picture. All coordinates are pixels of the picture.
struct FaceAnalysis {
  face::Face face;
  cv::Matx23d picture_to_crop;             ///< the model's crop (reference-facts 1.3)
  cv::Mat crop;                            ///< CV_8UC3 RGB, image_size x image_size
  cv::Mat class_map;                       ///< CV_8UC1, the crop's size
  std::vector<cv::Point2f> landmarks;      ///< 68, pixels of the crop
  std::vector<cv::Point2f> neutral_jaw;    ///< jaw points with a neutral expression, pixels of the crop
  face::FivePoints five_points;            ///< eyes, nose, mouth corners, pixels of the crop
  cv::Mat condition;                       ///< condition image, CV_8UC3 RGB, the crop's size
  cv::Mat contour;                         ///< the jaw contour alone on black
};

/// Finds and reads faces with the bundle's networks; each is loaded when first needed.
class FaceAnalyser {
 public:
  FaceAnalyser(std::shared_ptr<const models::Bundle> bundle, const ComputeOptions& compute);
  ~FaceAnalyser();

  /// All faces, from left to right; empty when there is none. @throws BundleError without a usable detector.
  std::vector<face::Face> detect(const cv::Mat& rgb);
  /// The largest face of the picture. @throws ItemError when there is none or it is too small.
  face::Face largest_face(const cv::Mat& rgb);
  /// Crop, class map, landmarks, contour, condition image of one face.
  FaceAnalysis analyse(const cv::Mat& rgb, const face::Face& face);

  bool can_estimate() const;
  /// AU intensities, 0 to 5, in the bundle's order. @throws BundleError without an estimator.
  std::vector<double> estimate_aus(const cv::Mat& rgb, const face::Face& face);
  /// Pitch, yaw, roll in radians; nothing without a head-pose module.
  std::optional<cv::Vec3d> estimate_pose(const cv::Mat& rgb, const face::Face& face);
  /// The identity module's vector; empty without one. Pictures of one person are near each other (Euclidean distance).
  std::vector<double> estimate_identity(const cv::Mat& rgb, const face::Face& face);
  std::vector<cv::Point2f> landmarks(const cv::Mat& rgb, const face::Face& face);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A portrait ready for any number of edits: its latents and reference features are computed once.
class Portrait;

/// The edited picture and what is worth saying about it.
struct Edited {
  image::Picture picture;
  cv::Mat model_picture;  ///< the model's own output before compositing, CV_8UC3 RGB
};

/// Checks sampler, steps, eta, guidance and size against the bundle without loading a model. @throws UsageError
void check_sampling(const SamplingOptions& sampling, const models::Manifest& manifest);
/// Checks device, dtype, threads and batch size. @throws UsageError
void check_compute(const ComputeOptions& compute);

class Engine {
 public:
  /// Loads the diffusion modules. @throws BundleError, UsageError
  Engine(std::shared_ptr<const models::Bundle> bundle, const ComputeOptions& compute);
  ~Engine();

  /// Reads the face (unless `crop` is none with a condition), encodes portrait and condition, computes the reference.
  /// @throws ItemError: no face, too small, sides not a multiple of the bundle's size_multiple, condition of another size.
  std::shared_ptr<const Portrait> prepare(image::Picture picture, const PortraitOptions& options);

  /// Samples the edits as one batch; the result has their order. Callers keep to `batch_size`.
  std::vector<Edited> edit(const Portrait& portrait, const std::vector<Edit>& edits, const SamplingOptions& sampling,
                           Composite composite, const OnStep& on_step);

  FaceAnalyser& faces();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The face of a portrait as it was found by `prepare`; null for `Crop::none` with a condition image.
const FaceAnalysis* analysis_of(const Portrait& portrait);
/// The picture that `prepare` was given.
const image::Picture& source_of(const Portrait& portrait);

}  // namespace magicface::pipeline
