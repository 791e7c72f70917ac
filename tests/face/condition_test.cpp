// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/condition.hpp"

#include <gtest/gtest.h>

#include "magicface/core/error.hpp"
#include "points.hpp"

namespace magicface::face {
namespace {

ConditionSpec plain_spec() {
  ConditionSpec spec;
  spec.blanked_classes = {1, 10};
  spec.canvas_template = canvas_points();
  for (int i = 0; i < 17; ++i) spec.colours.emplace_back(cv::Vec3b(uchar(200 + i), uchar(10 + i), uchar(100 + i)));
  return spec;
}

/// A square jaw: down the left side (0-4), along the bottom (4-12), up the right side (12-16), in whole pixels.
std::vector<cv::Point2f> square_jaw() {
  std::vector<cv::Point2f> jaw;
  for (int i = 0; i <= 4; ++i) jaw.emplace_back(40.0F, 60.0F + 10.0F * float(i));
  for (int i = 1; i <= 7; ++i) jaw.emplace_back(40.0F + 10.0F * float(i), 100.0F);
  for (int i = 0; i <= 4; ++i) jaw.emplace_back(120.0F, 100.0F - 10.0F * float(i));
  return jaw;
}

TEST(Similarity, IsExactForASimilarImage) {
  const double angle = 0.3;
  const double scale = 0.7;
  const cv::Matx23d truth(scale * std::cos(angle), -scale * std::sin(angle), 12.5, scale * std::sin(angle),
                          scale * std::cos(angle), -7.25);
  EXPECT_LT(largest_difference(similarity(points_under(canvas_points(), truth), canvas_points()), truth), 1e-4);
}

TEST(Similarity, IsTheLeastSquaresOneAndNeverAMirror) {
  // Points of a square with its centre, onto the same stretched twice in x: by symmetry scale 1.5, no turn.
  const FivePoints from{{{-1, -1}, {1, -1}, {0, 0}, {-1, 1}, {1, 1}}};
  const FiveTemplate stretched{{{-2, -1}, {2, -1}, {0, 0}, {-2, 1}, {2, 1}}};
  EXPECT_LT(largest_difference(similarity(from, stretched), {1.5, 0, 0, 0, 1.5, 0}), 1e-12);
  const FiveTemplate mirrored{{{1, -1}, {-1, -1}, {0, 0}, {1, 1}, {-1, 1}}};
  const auto m = similarity(from, mirrored);
  EXPECT_GE(m(0, 0) * m(1, 1) - m(0, 1) * m(1, 0), 0);
  EXPECT_THROW(similarity(FivePoints{}, canvas_points()), ItemError);
}

TEST(BlankMask, GrowsByASquareAndStopsAtTheEdge) {
  cv::Mat classes = cv::Mat::zeros(20, 30, CV_8UC1);
  classes.at<uchar>(10, 15) = 1;
  classes.at<uchar>(0, 0) = 10;
  classes.at<uchar>(5, 5) = 17;  // kept
  auto spec = plain_spec();
  EXPECT_EQ(cv::countNonZero(blank_mask(classes, {}, spec)), 2);
  spec.dilation = 2;
  const cv::Mat mask = blank_mask(classes, {}, spec);
  EXPECT_EQ(cv::countNonZero(mask), 25 + 9);
  EXPECT_EQ(mask.at<uchar>(8, 13), 255);
  EXPECT_EQ(mask.at<uchar>(12, 17), 255);
  EXPECT_EQ(mask.at<uchar>(13, 17), 0);
  EXPECT_EQ(mask.at<uchar>(2, 2), 255);
  EXPECT_EQ(mask.at<uchar>(5, 5), 0);
}

TEST(BlankMask, SweepsTheJawDown) {
  const cv::Mat classes = cv::Mat::zeros(200, 160, CV_8UC1);
  auto spec = plain_spec();
  EXPECT_EQ(cv::countNonZero(blank_mask(classes, square_jaw(), spec)), 0);  // reach 0: no jaw region at all
  spec.jaw_reach = 0.5;                                                     // the jaw is 80 wide: 40 pixels down
  const cv::Mat mask = blank_mask(classes, square_jaw(), spec);
  cv::Mat expected = cv::Mat::zeros(classes.size(), CV_8UC1);
  expected(cv::Rect(40, 60, 81, 81)) = 255;  // columns 40 .. 120, rows 60 .. 140, edges included
  EXPECT_EQ(cv::norm(mask, expected, cv::NORM_INF), 0);
}

TEST(BlankMask, DownIsTheFacesDown) {
  // The same jaw, upside down: chin at the top, so the sweep goes up. 120 - (x, y) turns it by half a turn.
  std::vector<cv::Point2f> turned;
  for (const auto& point : square_jaw()) turned.emplace_back(160 - point.x, 160 - point.y);
  auto spec = plain_spec();
  spec.jaw_reach = 0.5;
  const cv::Mat mask = blank_mask(cv::Mat::zeros(200, 160, CV_8UC1), turned, spec);
  cv::Mat expected = cv::Mat::zeros(200, 160, CV_8UC1);
  expected(cv::Rect(40, 20, 81, 81)) = 255;
  EXPECT_EQ(cv::norm(mask, expected, cv::NORM_INF), 0);
}

TEST(BlankMask, OddJawsAreDefined) {
  const cv::Mat classes = cv::Mat::zeros(50, 50, CV_8UC1);
  auto spec = plain_spec();
  spec.jaw_reach = 0.3;
  EXPECT_THROW(blank_mask(classes, {}, spec), ItemError);
  auto jaw = square_jaw();
  jaw[3].x = 1e30F;
  EXPECT_NO_THROW(blank_mask(classes, jaw, spec));
  jaw[3].x = NAN;
  EXPECT_THROW(blank_mask(classes, jaw, spec), ItemError);
  EXPECT_NO_THROW(blank_mask(classes, std::vector<cv::Point2f>(17, {5, 5}), spec));
}

TEST(Contour, CirclesLieWhereTheJawIs) {
  // Five points on the template itself: crop and canvas coincide, and circles are seen as drawn.
  const auto spec = plain_spec();
  const auto five = points_under(canvas_points(), cv::Matx23d::eye());
  auto jaw = square_jaw();
  jaw[0] = {40.4F, 61.6F};  // rounds to 40, 62
  const cv::Mat contour = draw_contour(jaw, five, spec, {256, 256});
  ASSERT_EQ(contour.type(), CV_8UC3);
  const auto at = [&](int x, int y) { return contour.at<cv::Vec3b>(y, x); };
  EXPECT_EQ(at(40, 62), cv::Vec3b(200, 10, 100));
  EXPECT_EQ(at(38, 62), cv::Vec3b(200, 10, 100));
  EXPECT_EQ(at(37, 62), cv::Vec3b(0, 0, 0));
  EXPECT_EQ(at(40, 60), cv::Vec3b(200, 10, 100));
  EXPECT_EQ(at(40, 59), cv::Vec3b(0, 0, 0));
  EXPECT_EQ(at(41, 61), cv::Vec3b(200, 10, 100));
  EXPECT_EQ(at(41, 60), cv::Vec3b(0, 0, 0));  // a disc: dx^2 + dy^2 <= 4
  EXPECT_EQ(at(80, 100), cv::Vec3b(208, 18, 108));
  EXPECT_EQ(at(120, 60), cv::Vec3b(216, 26, 116));
  // 17 discs of 13 pixels, none touching another.
  std::vector<cv::Mat> channels;
  cv::split(contour, channels);
  EXPECT_EQ(cv::countNonZero(channels[0]), 17 * 13);
}

TEST(Contour, TheCanvasIsWarpedBackToTheCrop) {
  // The crop is twice the canvas: a disc of 5 pixels becomes about 10, around the jaw's own place.
  const cv::Matx23d crop_to_canvas(0.5, 0, 0, 0, 0.5, 0);
  const auto five = points_under(canvas_points(), crop_to_canvas);
  std::vector<cv::Point2f> jaw;
  for (const auto& point : square_jaw()) jaw.push_back(point * 2);
  const cv::Mat contour = draw_contour(jaw, five, plain_spec(), {512, 512});
  const auto at = [&](int x, int y) { return contour.at<cv::Vec3b>(y, x); };
  EXPECT_EQ(at(160, 200), cv::Vec3b(208, 18, 108));
  EXPECT_EQ(at(164, 200), cv::Vec3b(208, 18, 108));
  EXPECT_EQ(at(165, 200), cv::Vec3b(104, 9, 54));  // halfway to black
  EXPECT_EQ(at(166, 200), cv::Vec3b(0, 0, 0));
}

TEST(Contour, FewerPointsAreTheMiddleOnes) {
  auto spec = plain_spec();
  const auto five = points_under(canvas_points(), cv::Matx23d::eye());
  spec.contour_points = 1;
  const cv::Mat contour = draw_contour(square_jaw(), five, spec, {256, 256});
  EXPECT_EQ(contour.at<cv::Vec3b>(100, 80), cv::Vec3b(208, 18, 108));
  EXPECT_EQ(contour.at<cv::Vec3b>(60, 40), cv::Vec3b(0, 0, 0));
  spec.contour_points = 18;
  EXPECT_THROW(draw_contour(square_jaw(), five, spec, {256, 256}), BundleError);
  spec.contour_points = 17;
  spec.colours.pop_back();
  EXPECT_THROW(draw_contour(square_jaw(), five, spec, {256, 256}), BundleError);
  EXPECT_THROW(draw_contour({}, five, plain_spec(), {256, 256}), ItemError);
}

TEST(ConditionImage, BlanksAddsAndClamps) {
  const cv::Mat crop(256, 256, CV_8UC3, cv::Scalar(90, 90, 90));
  cv::Mat classes = cv::Mat::zeros(256, 256, CV_8UC1);
  classes(cv::Rect(30, 50, 60, 80)) = 1;
  const auto five = points_under(canvas_points(), cv::Matx23d::eye());
  const cv::Mat image = condition_image(crop, classes, square_jaw(), five, plain_spec());
  const auto at = [&](int x, int y) { return image.at<cv::Vec3b>(y, x); };
  EXPECT_EQ(at(10, 10), cv::Vec3b(90, 90, 90));                   // kept
  EXPECT_EQ(at(35, 125), cv::Vec3b(0, 0, 0));                     // blanked
  EXPECT_EQ(at(40, 60), cv::Vec3b(200, 10, 100));                 // contour on black
  EXPECT_EQ(at(120, 60), cv::Vec3b(255, 116, 206));               // added to what was kept: 90 + 216 is clamped
  EXPECT_EQ(crop.at<cv::Vec3b>(125, 35), cv::Vec3b(90, 90, 90));  // the input is untouched
  EXPECT_THROW(condition_image(crop, cv::Mat::zeros(10, 10, CV_8UC1), square_jaw(), five, plain_spec()), ItemError);
}

}  // namespace
}  // namespace magicface::face
