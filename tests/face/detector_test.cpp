// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/detector.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <opencv2/core/utility.hpp>
#include <opencv2/imgproc.hpp>

#include "magicface/core/error.hpp"
#include "magicface/face/selection.hpp"
#include "magicface/image/picture.hpp"

namespace magicface::face {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = MAGICFACE_SOURCE_DIR;
const fs::path kSample = kRoot / "docs/samples/portrait.png";
const fs::path kCascade = "/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml";

fs::path yunet() {
  return kRoot / "models/demo" /
         (onnx_suits_opencv("<4.8") ? "face_detection_yunet_2022mar.onnx" : "face_detection_yunet_2023mar.onnx");
}

#define NEED(file) \
  if (!fs::exists(file)) GTEST_SKIP() << (file) << " is not here"

void expect_same_face(const Face& a, const Face& b, double scale, double tolerance) {
  EXPECT_NEAR(a.box.x * scale, b.box.x, tolerance);
  EXPECT_NEAR(a.box.y * scale, b.box.y, tolerance);
  EXPECT_NEAR(a.box.width * scale, b.box.width, tolerance);
}

TEST(Detector, ConditionsAreComparedWithTheRunningOpenCv) {
  const std::string ours = std::to_string(cv::getVersionMajor()) + "." + std::to_string(cv::getVersionMinor());
  EXPECT_TRUE(onnx_suits_opencv(""));
  EXPECT_TRUE(onnx_suits_opencv(">=" + ours));
  EXPECT_TRUE(onnx_suits_opencv(" <= " + ours));
  EXPECT_TRUE(onnx_suits_opencv("==" + ours));
  EXPECT_FALSE(onnx_suits_opencv("<" + ours));
  EXPECT_FALSE(onnx_suits_opencv(">" + ours));
  EXPECT_TRUE(onnx_suits_opencv("<99.0"));
  EXPECT_TRUE(onnx_suits_opencv(">=3.99"));
  EXPECT_TRUE(onnx_suits_opencv("<99"));
  for (const char* bad : {"4.8", "<", "~4.8", "<4.8.1", "<four", ">=4.", "<4.8 or so"}) {
    EXPECT_THROW(onnx_suits_opencv(bad), BundleError) << bad;
  }
}

TEST(Detector, FilesThatCannotBeUsedAreBundleErrors) {
  EXPECT_THROW(make_yunet_detector("/no/such.onnx"), BundleError);
  EXPECT_THROW(make_haar_detector("/no/such.xml", 1.0), BundleError);
  const fs::path junk = fs::temp_directory_path() / "magicface-junk.onnx";
  std::ofstream(junk) << "not a network";
  EXPECT_THROW(make_yunet_detector(junk), BundleError);
  EXPECT_THROW(make_haar_detector(junk, 1.0), BundleError);
  fs::remove(junk);
}

TEST(YunetDetector, FindsTheSamplesFace) {
  NEED(yunet());
  NEED(kSample);
  const auto detector = make_yunet_detector(yunet());
  const cv::Mat rgb = image::read_picture(kSample).rgb;
  const auto faces = detector->detect(rgb);
  ASSERT_EQ(faces.size(), 1U);
  const Face& face = faces[0];
  EXPECT_GT(face.score, 0.6F);
  ASSERT_TRUE(face.has_points);
  for (const auto& point : face.points) EXPECT_TRUE(face.box.contains(point)) << point;
  EXPECT_LT(face.points[0].x, face.points[1].x) << "the first eye lies left in the picture";
  EXPECT_LT(face.points[3].x, face.points[4].x);
  EXPECT_LT(face.points[0].y, face.points[2].y);
  EXPECT_LT(face.points[2].y, face.points[3].y);
}

TEST(YunetDetector, SizeOfThePictureDoesNotMatter) {
  NEED(yunet());
  NEED(kSample);
  const auto detector = make_yunet_detector(yunet());
  const cv::Mat rgb = image::read_picture(kSample).rgb;
  const auto reference = detector->detect(rgb);
  ASSERT_FALSE(reference.empty());
  const double tolerance = 0.1 * reference[0].box.width;
  for (const double scale : {0.4, 1.37, 3.0}) {
    cv::Mat scaled;
    cv::resize(rgb, scaled, {}, scale, scale, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
    const auto faces = detector->detect(scaled);
    ASSERT_EQ(faces.size(), 1U) << scale;
    expect_same_face(faces[0], reference[0], 1 / scale, tolerance);
  }
}

TEST(YunetDetector, SeveralFacesComeFromLeftToRight) {
  NEED(yunet());
  NEED(kSample);
  const cv::Mat rgb = image::read_picture(kSample).rgb;
  cv::Mat row;
  cv::hconcat(std::vector<cv::Mat>{rgb, rgb, rgb}, row);
  const auto faces = make_yunet_detector(yunet())->detect(row);
  ASSERT_EQ(faces.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(int(faces[i].points[2].x) / rgb.cols, int(i));
}

TEST(YunetDetector, SmallFacesAreFoundAtTheSecondScale) {
  NEED(yunet());
  NEED(kSample);
  const cv::Mat rgb = image::read_picture(kSample).rgb;
  cv::Mat small;
  cv::resize(rgb, small, {64, 64 * rgb.rows / rgb.cols}, 0, 0, cv::INTER_AREA);
  cv::Mat wide(1200, 2400, CV_8UC3, cv::Scalar::all(128));
  small.copyTo(wide(cv::Rect({700, 500}, small.size())));
  const auto faces = make_yunet_detector(yunet())->detect(wide);
  ASSERT_EQ(faces.size(), 1U);
  EXPECT_TRUE(cv::Rect2f(700, 500, 64, 64).contains(faces[0].points[2]));
}

TEST(YunetDetector, NoFaceIsAnEmptyAnswer) {
  NEED(yunet());
  const auto detector = make_yunet_detector(yunet());
  EXPECT_TRUE(detector->detect(cv::Mat(300, 500, CV_8UC3, cv::Scalar(90, 120, 80))).empty());
  EXPECT_TRUE(detector->detect(cv::Mat(1, 1, CV_8UC3, cv::Scalar::all(5))).empty());
  EXPECT_TRUE(detector->detect(cv::Mat(2, 3000, CV_8UC3, cv::Scalar::all(5))).empty());
  EXPECT_THROW(detector->detect({}), ItemError);
  EXPECT_THROW(detector->detect(cv::Mat(9, 9, CV_8UC1, cv::Scalar(0))), ItemError);
}

TEST(HaarDetector, AgreesWithYunetOnTheSample) {
  NEED(yunet());
  NEED(kSample);
  NEED(kCascade);
  const cv::Mat rgb = image::read_picture(kSample).rgb;
  const auto boxes = make_haar_detector(kCascade)->detect(rgb);
  const auto reference = make_yunet_detector(yunet())->detect(rgb);
  ASSERT_FALSE(boxes.empty());
  ASSERT_FALSE(reference.empty());
  EXPECT_FALSE(largest(boxes).has_points);
  expect_same_face(largest(boxes), reference[0], 1, 0.2 * reference[0].box.width);
}

TEST(HaarDetector, WithoutAPathItUsesTheInstalledCascade) {
  NEED(kCascade);
  const auto detector = make_haar_detector({});
  EXPECT_TRUE(detector->detect(cv::Mat(200, 200, CV_8UC3, cv::Scalar::all(80))).empty());
  EXPECT_THROW(make_haar_detector({}, 0.0), BundleError);
}

}  // namespace
}  // namespace magicface::face
