// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "magicface/image/picture.hpp"
#include "magicface/models/bundle.hpp"
#include "magicface/pipeline/face_analyser.hpp"
#include "magicface/pipeline/options.hpp"

/// One portrait through the paper's pipeline (section III): prepare, sample, decode, composite.
namespace magicface::pipeline {

/// A portrait ready for any number of edits: its latents and reference features are computed once.
class Portrait;

/// The edited picture and what is worth saying about it.
struct Edited {
  image::Picture picture;
  cv::Mat model_picture;  ///< the model's own output before compositing, CV_8UC3 RGB
  std::vector<std::string> warnings{};
};

/// The model's picture of a portrait as it is, which its edits are compared with.
struct Unchanged {
  cv::Mat picture{};  ///< CV_32FC3 RGB, 0 to 255, the model picture's size; empty: unknown
  bool sampled =
      false;  ///< from the edit's own noise, so that both are wrong about the face alike; else decode(encode)
};

/// A row of a batch: an edit and the portrait that it is of.
struct BatchRow {
  std::shared_ptr<const Portrait> portrait;
  Edit edit;
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
  /// @throws ItemError: no face, too small, sides not a multiple of the bundle's size_multiple, condition of another
  /// size.
  std::shared_ptr<const Portrait> prepare(image::Picture picture, const PortraitOptions& options);

  /// Samples the rows as one batch; the result has their order. Their portraits have one `latent_size`; callers keep to
  /// `batch_size`. With a bundle whose zeros keep the expression, a composited batch has a row more for each of its
  /// portraits and seeds (docs/compositing.md). When memory runs out only while decoding, the decoder works row by row,
  /// then on tiles, with a warning.
  std::vector<Edited> edit(const std::vector<BatchRow>& rows, const SamplingOptions& sampling, Composite composite,
                           const OnStep& on_step);

  FaceAnalyser& faces();

  /// From now on every stage is timed; the device is waited for at each one's end. An empty function ends it.
  void measure(OnStage on_stage);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The face of a portrait as it was found by `prepare`; null for `Crop::none` with a condition image.
const FaceAnalysis* analysis_of(const Portrait& portrait);
/// The size that the model works at; edits of portraits of one size can share a batch.
cv::Size latent_size(const Portrait& portrait);
/// The picture that `prepare` was given.
const image::Picture& source_of(const Portrait& portrait);

/// Puts the model's picture of this portrait into `onto`, at its resolution (docs/compositing.md): `onto` is the
/// source, or the source with other faces of it edited. Where the portrait has nothing to blend with, `onto` becomes
/// the picture.
/// @param model_picture CV_32FC3 RGB, 0 to 255, not rounded, so that a batch equals its singles
void composite(const Portrait& portrait, const cv::Mat& model_picture, const Unchanged& unchanged,
               image::Picture& onto);

}  // namespace magicface::pipeline
