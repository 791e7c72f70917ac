// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

#include "magicface/models/modules.hpp"
#include "magicface/pipeline/engine.hpp"

namespace magicface::pipeline {

/// Everything about a portrait that its edits share. Immutable after `prepare`.
class Portrait {
 public:
  image::Picture source;                 ///< the user's picture, at its own size
  std::optional<FaceAnalysis> analysis;  ///< absent when the condition image was given
  cv::Mat model_input;                   ///< what the model saw, CV_8UC3 RGB
  cv::Mat reconstruction;  ///< CV_32FC3 RGB, decode(encode(model_input)); empty: no edit is compared with it
  cv::Matx23d picture_to_crop = cv::Matx23d::eye();  ///< source -> model_input
  cv::Mat blend_mask;  ///< CV_32F in [0,1], the model picture's size; empty: the picture is the result
  cv::Mat beyond;      ///< CV_32F, as `FaceAnalysis::beyond`; empty: not known
  cv::Mat mask;        ///< CV_8UC1, the user's own limit, the source's size; or empty
  std::int64_t latent_height = 0, latent_width = 0;
  at::Tensor attribute;                 ///< [1,4,h,w], condition latent through the Attribute Controller
  models::ReferenceFeatures reference;  ///< batch 1, shared by all edits and both guidance branches
};

}  // namespace magicface::pipeline
