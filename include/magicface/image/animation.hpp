// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <vector>

namespace magicface::image {

/// Animations that are written, all played in a loop.
enum class AnimationFormat { gif, webp };

/// By the extension. @throws UsageError for others; films (mp4 and its kin) are refused with the remedy.
AnimationFormat animation_format_of_path(const std::filesystem::path& path);

struct AnimationOptions {
  int frame_ms = 120;  ///< time of one frame, 20 to 10000; GIF counts in 10 ms
  int quality = 90;    ///< 1 to 100, WebP only
};

/// @throws UsageError for options out of range.
void check_animation(const AnimationOptions& options);

/// The frames as a file in memory; equal input gives equal bytes. GIF has one palette of 256 colours for all frames and
/// ordered dithering, so that what doesn't move doesn't flicker.
/// @param frames CV_8UC3 RGB, at least two, all of one size
/// @throws UsageError as check_animation, ItemError for frames that don't fit.
std::vector<std::uint8_t> encode_animation(const std::vector<cv::Mat>& frames, AnimationFormat format,
                                           const AnimationOptions& options = {});

}  // namespace magicface::image
