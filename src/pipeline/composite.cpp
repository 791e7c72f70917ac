// SPDX-License-Identifier: Apache-2.0
#include "composite.hpp"

#include <opencv2/core.hpp>

#include "magicface/image/matching.hpp"
#include "portrait.hpp"

namespace magicface::pipeline {

image::Layer layer_of(const Portrait& portrait, const cv::Mat& model_picture, const CompositeSteps& steps) {
  image::Layer layer;
  layer.weights = portrait.blend_mask;
  model_picture.convertTo(layer.colour, CV_32F);
  const bool reconstructed = !portrait.reconstruction.empty();
  const cv::Mat kept = reconstructed ? image::kept_structure(portrait.reconstruction, model_picture) : cv::Mat();
  if (steps.match_tint) {
    const cv::Mat& reference = reconstructed ? portrait.reconstruction : portrait.model_input;
    layer.colour += image::tint_correction(reference, model_picture, layer.weights, kept);
  }
  if (steps.keep_detail && reconstructed) {
    // source + (edited - reconstruction) where the structure was kept: the model's change, without the model's softness.
    cv::Mat three, soft;
    cv::merge(std::vector<cv::Mat>{kept, kept, kept}, three);
    portrait.reconstruction.convertTo(soft, CV_32F);
    layer.colour -= soft.mul(three);
    layer.kept = kept;
  }
  return layer;
}

void composite(const Portrait& portrait, const cv::Mat& model_picture, image::Picture& onto) {
  if (portrait.blend_mask.empty()) {
    onto = image::replace_pixels(onto, model_picture);
    return;
  }
  onto.rgb = onto.rgb.clone();  // it may be the source's own memory
  image::put_layer(onto, layer_of(portrait, model_picture), portrait.picture_to_crop, portrait.mask);
}

}  // namespace magicface::pipeline
