// SPDX-License-Identifier: Apache-2.0
#include "composite.hpp"

#include <opencv2/core.hpp>

#include "magicface/image/matching.hpp"
#include "magicface/image/motion.hpp"
#include "portrait.hpp"
#include "tensors.hpp"

namespace magicface::pipeline {
namespace {

/// What brings an edit to the source's tint and light.
cv::Mat tint_of(const Portrait& portrait, const cv::Mat& edited, const Unchanged& unchanged, const cv::Mat& carried,
                const cv::Mat& weights, const cv::Mat& kept) {
  if (!unchanged.sampled) {
    return image::tint_correction(carried.empty() ? portrait.model_input : carried, edited, weights, kept);
  }
  // Both pictures drift alike: where the structure was kept it cancels out, and light that changed is the expression's.
  const cv::Mat drift = image::tint_correction(portrait.model_input, unchanged.picture, weights, kept);
  return image::times(drift, 1.0 - kept);
}

}  // namespace

image::Layer layer_of(const Portrait& portrait, const cv::Mat& model_picture, const Unchanged& unchanged,
                      const CompositeSteps& steps) {
  image::Layer layer;
  layer.weights = portrait.blend_mask;
  model_picture.convertTo(layer.colour, CV_32F);
  const bool comparable = !unchanged.picture.empty();
  cv::Mat carried, kept;
  if (comparable) {
    layer.motion = steps.follow_motion ? image::motion_between(unchanged.picture, model_picture)
                                       : cv::Mat::zeros(model_picture.size(), CV_32FC2);
    carried = image::carried(unchanged.picture, layer.motion);
    kept = image::kept_structure(carried, model_picture).mul(image::held_together(layer.motion));
    if (!portrait.beyond.empty()) kept = kept.mul(image::from_within(portrait.beyond, layer.motion));
  }
  if (steps.match_tint) layer.colour += tint_of(portrait, model_picture, unchanged, carried, layer.weights, kept);
  layer.grain = steps.keep_detail;
  if (steps.keep_detail && comparable) {
    // source + (edited - unchanged) where the structure was kept: the model's change, without the model's softness.
    layer.colour -= image::times(carried, kept);
    layer.kept = kept;
  }
  return layer;
}

void composite(const Portrait& portrait, const cv::Mat& model_picture, const Unchanged& unchanged,
               image::Picture& onto) {
  if (portrait.blend_mask.empty()) {
    onto = image::replace_pixels(onto, rounded(model_picture));
    return;
  }
  onto.rgb = onto.rgb.clone();  // it may be the source's own memory
  image::put_layer(onto, layer_of(portrait, model_picture, unchanged), portrait.picture_to_crop, portrait.mask);
}

}  // namespace magicface::pipeline
