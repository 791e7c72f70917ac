// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "magicface/image/blend.hpp"
#include "magicface/pipeline/engine.hpp"

namespace magicface::pipeline {

/// Steps of compositing beside the mask; all are taken but in measurements (docs/compositing.md has the numbers).
struct CompositeSteps {
  bool match_tint =
      true;  ///< tint and light are the source's where the edit left the structure alone, and at the border
  bool keep_detail = true;    ///< the source's own detail in the same places, and its grain in the others
  bool follow_motion = true;  ///< where the edit moved something, the source's pixels move along
};

/// What goes over the source, in the crop's pixels.
image::Layer layer_of(const Portrait& portrait, const cv::Mat& model_picture, const Unchanged& unchanged,
                      const CompositeSteps& steps = {});

}  // namespace magicface::pipeline
