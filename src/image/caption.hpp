// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

namespace magicface::image {

/// Size of a caption's letters; `line` is the distance of two lines in pixels.
struct CaptionStyle {
  double scale = 0.45;
  int line = 18;
};

/// A style that suits a picture of this width.
CaptionStyle caption_style(int width);

/// Breaks a caption into lines that fit into `width` pixels, at spaces and '\n'; what is left after `most` lines
/// becomes
/// "...". Characters beyond ASCII become '?'.
std::vector<std::string> caption_lines(const std::string& caption, int width, const CaptionStyle& style,
                                       std::size_t most);

/// Writes lines into `area` of the picture, each centred.
void draw_caption(cv::Mat& rgb, cv::Rect area, const std::vector<std::string>& lines, const CaptionStyle& style);

}  // namespace magicface::image
