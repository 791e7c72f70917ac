// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <vector>

#include "magicface/image/animation.hpp"

namespace magicface::image {

/// One library each: giflib, libwebpmux, OpenCV's video module. Frames and options are checked before.
std::vector<std::uint8_t> write_gif(const std::vector<cv::Mat>& frames, const AnimationOptions& options);
std::vector<std::uint8_t> write_webp(const std::vector<cv::Mat>& frames, const AnimationOptions& options);
std::vector<std::uint8_t> write_mp4(const std::vector<cv::Mat>& frames, const AnimationOptions& options);

/// Why this program can't write films; nothing when it can. The first call loads the film writer.
std::optional<std::string> why_no_films();

}  // namespace magicface::image
