// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "magicface/image/blend.hpp"
#include "magicface/pipeline/engine.hpp"

namespace magicface::pipeline {

/// Steps of compositing beside the mask; all are taken but in measurements (docs/compositing.md has the numbers).
struct CompositeSteps {
  bool match_border = true;  ///< colours meet the source's where the mask ends
  bool keep_detail = true;   ///< the source's own grain and detail where the edit left the structure alone
};

/// What goes over the source, in the crop's pixels.
image::Layer layer_of(const Portrait& portrait, const cv::Mat& model_picture, const CompositeSteps& steps = {});

}  // namespace magicface::pipeline
