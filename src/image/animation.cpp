// SPDX-License-Identifier: Apache-2.0
#include "magicface/image/animation.hpp"

#include <algorithm>
#include <string>

#include "animation_writers.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"

namespace magicface::image {
namespace {

constexpr int kMostPixels = 16383;  // a side, WebP's limit

void check_frames(const std::vector<cv::Mat>& frames) {
  if (frames.size() < 2)
    throw ItemError("animation: expected at least two frames, got " + std::to_string(frames.size()));
  for (const auto& frame : frames) {
    if (frame.type() == CV_8UC3 && frame.size() == frames[0].size() && !frame.empty()) continue;
    throw ItemError("animation: expected frames of 8-bit RGB and of one size");
  }
  if (std::max(frames[0].cols, frames[0].rows) > kMostPixels) {
    throw ItemError("animation: expected at most " + std::to_string(kMostPixels) + " pixels a side");
  }
}

}  // namespace

AnimationFormat animation_format_of_path(const std::filesystem::path& path) {
  const auto extension = lower_case(path.extension().string());
  if (extension == ".gif") return AnimationFormat::gif;
  if (extension == ".webp") return AnimationFormat::webp;
  if (extension == ".mp4") {
    if (const auto reason = why_no_films()) {
      throw UsageError(path.string() + ": films can't be written here (" + *reason + "); give a .gif or .webp name");
    }
    return AnimationFormat::mp4;
  }
  throw UsageError(path.string() + ": expected a name that ends in .gif, .webp or .mp4");
}

void check_animation(const AnimationOptions& options) {
  if (options.frame_ms < 20 || options.frame_ms > 10000) {
    throw UsageError("--frame-ms: expected 20 to 10000, got " + std::to_string(options.frame_ms));
  }
  if (options.quality < 1 || options.quality > 100) {
    throw UsageError("--quality: expected 1 to 100, got " + std::to_string(options.quality));
  }
}

std::vector<std::uint8_t> encode_animation(const std::vector<cv::Mat>& frames, AnimationFormat format,
                                           const AnimationOptions& options) {
  check_animation(options);
  check_frames(frames);
  switch (format) {
    case AnimationFormat::gif:
      return write_gif(frames, options);
    case AnimationFormat::webp:
      return write_webp(frames, options);
    case AnimationFormat::mp4:
      break;
  }
  return write_mp4(frames, options);
}

}  // namespace magicface::image
