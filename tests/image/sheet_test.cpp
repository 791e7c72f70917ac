// SPDX-License-Identifier: Apache-2.0
#include "magicface/image/sheet.hpp"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "caption.hpp"
#include "magicface/core/error.hpp"

namespace magicface::image {
namespace {

cv::Mat plain(int width, int height, const cv::Scalar& colour) { return {height, width, CV_8UC3, colour}; }

bool is(const cv::Mat& rgb, int x, int y, const cv::Vec3b& colour) { return rgb.at<cv::Vec3b>(y, x) == colour; }

/// Whether anything was written into the area.
bool has_ink(const cv::Mat& rgb, cv::Rect area) {
  return cv::norm(rgb(area), plain(area.width, area.height, {255, 255, 255})) > 0;
}

const cv::Vec3b kRed{200, 0, 0}, kBlue{0, 0, 200}, kWhite{255, 255, 255};

TEST(Sheet, ThumbnailsKeepProportions) {
  const auto wide = thumbnail(plain(400, 200, {200, 0, 0}), {0, 0, 400, 200}, 64);
  EXPECT_EQ(wide.size(), cv::Size(64, 64));
  EXPECT_TRUE(is(wide, 32, 32, kRed) && is(wide, 0, 17, kRed) && is(wide, 32, 10, kWhite) && is(wide, 32, 55, kWhite));

  cv::Mat half = plain(200, 100, {200, 0, 0});
  half.colRange(100, 200).setTo(cv::Scalar(0, 0, 200));
  EXPECT_TRUE(is(thumbnail(half, {100, 0, 100, 100}, 64), 2, 2, kBlue)) << "only the part";
  EXPECT_TRUE(is(thumbnail(half, {150, 0, 500, 100}, 64), 32, 32, kBlue)) << "a part beyond the picture is cut";
  EXPECT_TRUE(is(thumbnail(half, {900, 0, 5, 5}, 64), 2, 30, kRed)) << "a part outside is the whole";
}

TEST(Sheet, CellsLieInRowsWithCaptionsBelow) {
  const auto red = plain(64, 64, {200, 0, 0});
  const auto blue = plain(64, 64, {0, 0, 200});
  const auto sheet = draw_sheet({{{red, "original"}, {blue, "AU12+2"}}, {{red, ""}}}, 64);
  EXPECT_EQ(sheet.cols, 2 * (64 + 4) + 4);
  EXPECT_TRUE(is(sheet, 4 + 32, 4 + 32, kRed) && is(sheet, 4 + 68 + 32, 4 + 32, kBlue));
  EXPECT_TRUE(has_ink(sheet, {4, 4 + 64, 64, 10})) << "the caption";
  const int second = sheet.rows - 36 - caption_style(64).line;
  EXPECT_TRUE(is(sheet, 4 + 32, second, kRed) && is(sheet, 4 + 68 + 32, second, kWhite));
}

TEST(Sheet, GetsSmallerCellsBeforeItIsRefused) {
  EXPECT_EQ(sheet_cell_side(1, 3), 256);
  EXPECT_LT(sheet_cell_side(100, 3), 256);
  EXPECT_THROW(sheet_cell_side(1, 1000), UsageError);
}

TEST(Sheet, ComparisonHasBothAtTheHeightOfAfter) {
  const auto picture = draw_comparison(plain(100, 50, {200, 0, 0}), plain(120, 100, {0, 0, 200}), "before", "AU12+2");
  EXPECT_EQ(picture.cols, 200 + 2 + 120);
  EXPECT_GT(picture.rows, 100);
  EXPECT_TRUE(is(picture, 100, 50, kRed) && is(picture, 210, 50, kBlue) && is(picture, 201, 50, kWhite));
}

TEST(Caption, BreaksAtSpacesAndCutsWhatDoesNotFit) {
  const auto style = caption_style(256);
  EXPECT_EQ(caption_lines("AU4-6 AU12+2.5", 500, style, 4), std::vector<std::string>{"AU4-6 AU12+2.5"});
  EXPECT_EQ(caption_lines("AU4-6 AU12+2.5", 90, style, 4), (std::vector<std::string>{"AU4-6", "AU12+2.5"}));
  EXPECT_EQ(caption_lines("a\nb\nc", 90, style, 2), (std::vector<std::string>{"a", "..."}));
  EXPECT_EQ(caption_lines("J\xC3\xBCrgen", 500, style, 4), std::vector<std::string>{"J?rgen"});
  const auto cut = caption_lines(std::string(200, 'W'), 90, style, 4);
  ASSERT_EQ(cut.size(), 1U);
  EXPECT_TRUE(cut[0].ends_with("..") && cut[0].size() < 20);
}

}  // namespace
}  // namespace magicface::image
