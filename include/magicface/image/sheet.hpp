// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

/// Pictures for people to look at: contact sheets and comparisons. Captions are drawn with OpenCV's stroke font, which
/// knows ASCII only; other characters appear as '?'.
namespace magicface::image {

/// A picture of a sheet and what stands below it; words that don't fit on a line go to the next.
struct SheetCell {
  cv::Mat rgb;          ///< CV_8UC3, a thumbnail; empty: the place stays blank
  std::string caption;  ///< UTF-8; '\n' begins a line
};

/// `part` of a CV_8UC3 picture on a square of `side` pixels: proportions kept, the rest the sheet's paper.
cv::Mat thumbnail(const cv::Mat& rgb, cv::Rect part, int side);

/// Side of the thumbnails, 64 to 256 pixels, with which a sheet of rows x columns stays below 16000 pixels a side.
/// @throws UsageError when there is none.
int sheet_cell_side(std::size_t rows, std::size_t columns);

/// One picture of all rows; a row is as long as it is. @param side of the cells' pictures
cv::Mat draw_sheet(const std::vector<std::vector<SheetCell>>& rows, int side);

/// before | after with captions, at the height of `after`.
cv::Mat draw_comparison(const cv::Mat& before, const cv::Mat& after, const std::string& before_caption,
                        const std::string& after_caption);

}  // namespace magicface::image
