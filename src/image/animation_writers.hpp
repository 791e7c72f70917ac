// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <vector>

#include "magicface/image/animation.hpp"

namespace magicface::image {

/// One library each: giflib, libwebpmux. Frames and options are checked before.
std::vector<std::uint8_t> write_gif(const std::vector<cv::Mat>& frames, const AnimationOptions& options);
std::vector<std::uint8_t> write_webp(const std::vector<cv::Mat>& frames, const AnimationOptions& options);

}  // namespace magicface::image
