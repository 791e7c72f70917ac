// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core/mat.hpp>
#include <vector>

namespace magicface::face {

inline constexpr std::size_t kJawPoints = 17;

/// @throws ItemError unless there are 17 finite points.
void check_jaw(const std::vector<cv::Point2f>& jaw);

/// Sets to 255 what lies inside the jaw's polygon, wherever it passes while it is moved by `reach` jaw widths along the
/// face's down direction.
void fill_jaw_region(cv::Mat& mask, const std::vector<cv::Point2f>& jaw, double reach);

}  // namespace magicface::face
