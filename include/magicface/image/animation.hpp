// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <vector>

namespace magicface::image {

/// Animations that are written; GIF and WebP say that they are played in a loop, a film can't.
enum class AnimationFormat { gif, webp, mp4 };

/// By the extension. @throws UsageError for others, and for .mp4 where the program has no film writer; it names the
/// remedy.
AnimationFormat animation_format_of_path(const std::filesystem::path& path);

struct AnimationOptions {
  int frame_ms = 120;  ///< time of one frame, 20 to 10000; GIF counts in 10 ms
  int quality = 90;    ///< 1 to 100, WebP only
};

/// @throws UsageError for options out of range.
void check_animation(const AnimationOptions& options);

/// The frames as a file in memory; equal input gives equal bytes. GIF has one palette of 256 colours for all frames and
/// ordered dithering, so that what doesn't move doesn't flicker. MP4 is MPEG-4 Part 2 at about 4 bits a pixel; odd
/// sides grow by one pixel, since its colours have half the resolution.
/// @param frames CV_8UC3 RGB, at least two, all of one size
/// @throws UsageError as check_animation, ItemError for frames that don't fit.
std::vector<std::uint8_t> encode_animation(const std::vector<cv::Mat>& frames, AnimationFormat format,
                                           const AnimationOptions& options = {});

}  // namespace magicface::image
