// SPDX-License-Identifier: Apache-2.0
#include "magicface/image/sheet.hpp"

#include <algorithm>
#include <array>
#include <opencv2/imgproc.hpp>

#include "caption.hpp"
#include "magicface/core/error.hpp"

namespace magicface::image {
namespace {

const cv::Scalar kPaper(255, 255, 255);
constexpr std::size_t kMostLines = 4;
constexpr int kMostPixels = 16000;  // a side; WebP ends at 16383, and viewers don't like more

int gap_of(int side) { return std::max(4, side / 32); }

/// INTER_AREA shrinks without aliasing; it doesn't suit enlarging.
cv::Mat resized(const cv::Mat& rgb, cv::Size size) {
  cv::Mat result;
  const bool shrinks = size.area() < rgb.size().area();
  cv::resize(rgb, result, size, 0, 0, shrinks ? cv::INTER_AREA : cv::INTER_CUBIC);
  return result;
}

std::size_t longest(const std::vector<std::vector<SheetCell>>& rows) {
  std::size_t columns = 0;
  for (const auto& row : rows) columns = std::max(columns, row.size());
  return columns;
}

/// One row of the sheet as a picture of its own height.
cv::Mat draw_row(const std::vector<SheetCell>& row, std::size_t columns, int side) {
  const int gap = gap_of(side);
  const auto style = caption_style(side);
  std::vector<std::vector<std::string>> captions;
  std::size_t lines = 0;
  for (const auto& cell : row) {
    captions.push_back(caption_lines(cell.caption, side, style, kMostLines));
    lines = std::max(lines, captions.back().size());
  }
  const int caption_height = static_cast<int>(lines) * style.line;
  cv::Mat picture(side + caption_height + gap, static_cast<int>(columns) * (side + gap) + gap, CV_8UC3, kPaper);
  for (std::size_t i = 0; i < row.size(); ++i) {
    const int x = gap + static_cast<int>(i) * (side + gap);
    if (!row[i].rgb.empty()) row[i].rgb.copyTo(picture(cv::Rect(x, 0, side, side)));
    draw_caption(picture, cv::Rect(x, side, side, caption_height), captions[i], style);
  }
  return picture;
}

}  // namespace

cv::Mat thumbnail(const cv::Mat& rgb, cv::Rect part, int side) {
  part &= cv::Rect(0, 0, rgb.cols, rgb.rows);
  if (part.empty()) part = cv::Rect(0, 0, rgb.cols, rgb.rows);
  const double scale = static_cast<double>(side) / std::max(part.width, part.height);
  const auto length = [&](int pixels) { return std::clamp(static_cast<int>(std::lround(pixels * scale)), 1, side); };
  const cv::Size size(length(part.width), length(part.height));
  cv::Mat square(side, side, CV_8UC3, kPaper);
  resized(rgb(part), size).copyTo(square(cv::Rect({(side - size.width) / 2, (side - size.height) / 2}, size)));
  return square;
}

int sheet_cell_side(std::size_t rows, std::size_t columns) {
  for (const int side : {256, 192, 128, 96, 64}) {
    const int gap = gap_of(side);
    const auto height =
        rows * static_cast<std::size_t>(side + gap + static_cast<int>(kMostLines) * caption_style(side).line);
    const auto width = columns * static_cast<std::size_t>(side + gap);
    if (std::max(height, width) + static_cast<std::size_t>(2 * gap) <= kMostPixels) return side;
  }
  throw UsageError("--grid: a sheet of " + std::to_string(rows) + " rows and " + std::to_string(columns) +
                   " columns would be larger than " + std::to_string(kMostPixels) +
                   " pixels a side; split the inputs or the edits over several runs");
}

cv::Mat draw_sheet(const std::vector<std::vector<SheetCell>>& rows, int side) {
  const auto columns = longest(rows);
  const int gap = gap_of(side);
  cv::Mat sheet(gap, static_cast<int>(columns) * (side + gap) + gap, CV_8UC3, kPaper);
  std::vector<cv::Mat> pictures{sheet};
  for (const auto& row : rows) pictures.push_back(draw_row(row, columns, side));
  cv::vconcat(pictures, sheet);
  return sheet;
}

cv::Mat draw_comparison(const cv::Mat& before, const cv::Mat& after, const std::string& before_caption,
                        const std::string& after_caption) {
  const int height = after.rows;
  const int width = std::max(1, static_cast<int>(std::lround(static_cast<double>(before.cols) * height / before.rows)));
  const cv::Mat left = before.size() == after.size() ? before : resized(before, {width, height});
  const int gap = std::max(2, after.cols / 100);
  const auto style = caption_style(std::min(left.cols, after.cols));
  const std::array captions{caption_lines(before_caption, left.cols, style, kMostLines),
                            caption_lines(after_caption, after.cols, style, kMostLines)};
  const int caption_height = static_cast<int>(std::max(captions[0].size(), captions[1].size())) * style.line;
  cv::Mat picture(height + caption_height, left.cols + gap + after.cols, CV_8UC3, kPaper);
  left.copyTo(picture(cv::Rect(0, 0, left.cols, height)));
  after.copyTo(picture(cv::Rect(left.cols + gap, 0, after.cols, height)));
  draw_caption(picture, {0, height, left.cols, caption_height}, captions[0], style);
  draw_caption(picture, {left.cols + gap, height, after.cols, caption_height}, captions[1], style);
  return picture;
}

}  // namespace magicface::image
