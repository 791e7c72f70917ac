// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/find.hpp"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "magicface/face/align.hpp"
#include "magicface/face/crop.hpp"
#include "magicface/image/picture.hpp"

namespace magicface::face {
namespace {

const std::filesystem::path kRoot = MAGICFACE_SOURCE_DIR;

/// The sample portrait and the detector of the embedded bundle.
class FindFaces : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const char* onnx =
        onnx_suits_opencv("<4.8") ? "face_detection_yunet_2022mar.onnx" : "face_detection_yunet_2023mar.onnx";
    detector = make_yunet_detector(kRoot / "models/demo" / onnx);
    portrait = image::read_picture(kRoot / "docs/samples/portrait.png").rgb;
    upright = find_faces(*detector, portrait);
  }

  /// The portrait turned clockwise about its middle, on a grey ground that holds it whole; `to_turned` is the map to
  /// it.
  static cv::Mat turned_by(double degrees, cv::Matx23d& to_turned) {
    const int side = 760;
    const double middle = (portrait.cols - 1) / 2.0;
    to_turned = levelling({middle, middle}, 1, -degrees * CV_PI / 180, {side / 2.0, side / 2.0});
    cv::Mat turned;
    cv::warpAffine(portrait, turned, to_turned, {side, side}, cv::INTER_LINEAR, cv::BORDER_CONSTANT,
                   cv::Scalar::all(128));
    return turned;
  }

  static inline std::unique_ptr<FaceDetector> detector;
  static inline cv::Mat portrait;
  static inline std::vector<Face> upright;
};

TEST_F(FindFaces, UprightFacesAreTheDetectorsOwn) {
  const auto plain = detector->detect(portrait);
  ASSERT_EQ(plain.size(), 1U);
  ASSERT_EQ(upright.size(), 1U);
  EXPECT_EQ(upright[0].box, plain[0].box);
  EXPECT_EQ(upright[0].points, plain[0].points);
  EXPECT_EQ(upright[0].roll, 0);
}

TEST_F(FindFaces, SlightlyTiltedFacesCountAsUpright) {
  cv::Matx23d to_turned;
  const auto faces = find_faces(*detector, turned_by(7, to_turned));
  ASSERT_EQ(faces.size(), 1U);
  EXPECT_EQ(faces[0].roll, 0);
}

TEST_F(FindFaces, UprightFacesAreNeverTurnedHoweverUnsureTheDetectorIs) {
  cv::Mat row(120, 0, CV_8UC3);
  for (const char* name :
       {"portrait.png", "portrait-2.png", "portrait-3.png", "portrait-4.png", "portrait-5.png", "portrait-6.png"}) {
    cv::Mat small;
    cv::resize(image::read_picture(kRoot / "docs/samples" / name).rgb, small, {104, 104}, 0, 0, cv::INTER_AREA);
    cv::copyMakeBorder(small, small, 8, 8, 0, 0, cv::BORDER_CONSTANT, cv::Scalar::all(128));
    row.empty() ? small.copyTo(row) : cv::hconcat(row, small, row);
  }
  const auto faces = find_faces(*detector, row);
  EXPECT_EQ(faces.size(), 6U);
  for (const Face& face : faces) EXPECT_EQ(face.roll, 0) << face.box;
}

TEST_F(FindFaces, TurnedFacesAreFoundAndLevelled) {
  ASSERT_EQ(upright.size(), 1U);
  for (const double degrees : {25.0, -90.0, 150.0}) {
    cv::Matx23d to_turned;
    const auto faces = find_faces(*detector, turned_by(degrees, to_turned));
    ASSERT_EQ(faces.size(), 1U) << degrees;
    const auto& found = faces[0];
    EXPECT_NEAR(std::remainder(found.roll - degrees * CV_PI / 180, 2 * CV_PI), 0, 0.1) << degrees;
    const Face expected = transform_face(upright[0], to_turned);
    EXPECT_NEAR(found.box.width / expected.box.width, 1, 0.1) << degrees;
    EXPECT_LT(cv::norm((found.box.tl() + found.box.br() - expected.box.tl() - expected.box.br()) * 0.5F),
              0.1 * expected.box.width)
        << degrees;
    for (std::size_t p = 0; p < 5; ++p) {
      EXPECT_LT(cv::norm(found.points[p] - expected.points[p]), 0.1 * expected.box.width) << degrees << ", point " << p;
    }
  }
}

TEST_F(FindFaces, TheLevelledCropShowsAnUprightFace) {
  cv::Matx23d to_turned;
  const cv::Mat picture = turned_by(150, to_turned);
  const auto faces = find_faces(*detector, picture);
  ASSERT_EQ(faces.size(), 1U);
  const auto to_crop = crop_transform(faces[0].box, 0.5, 256, faces[0].roll);
  const auto points = transform_points(faces[0].points, to_crop);
  EXPECT_LT(std::abs(roll_of(points)), 0.1);
  EXPECT_LT(points[0].x, points[1].x);
  EXPECT_LT(points[0].y, points[3].y) << "eyes above the mouth";
}

TEST_F(FindFaces, NoFaceIsAnEmptyAnswer) {
  EXPECT_TRUE(find_faces(*detector, cv::Mat(300, 300, CV_8UC3, cv::Scalar(90, 120, 80))).empty());
}

TEST_F(FindFaces, FlatPicturesHaveNoFacesHoweverSureTheDetectorIs) {
  for (const cv::Scalar& colour : {cv::Scalar(0, 0, 0), cv::Scalar(255, 0, 0), cv::Scalar(10, 30, 200)}) {
    const cv::Mat flat(300, 300, CV_8UC3, colour);
    EXPECT_FALSE(detector->detect(flat).empty()) << "if this fails, the detector has become better";
    EXPECT_TRUE(find_faces(*detector, flat).empty());
  }
}

TEST_F(FindFaces, AFaceTurnedOverIsFoundAsItStands) {
  cv::Matx23d to_turned;
  const cv::Mat picture = turned_by(180, to_turned);
  const auto faces = find_faces(*detector, picture);
  ASSERT_EQ(faces.size(), 1U);
  ASSERT_EQ(faces[0].roll, 0) << "this one is taken for an upright face: only a parser can tell";
  const auto found = turned_over(*detector, picture, faces[0]);
  ASSERT_TRUE(found);
  EXPECT_NEAR(std::abs(found->roll), CV_PI, 0.1);
  const Face expected = transform_face(upright[0], to_turned);
  EXPECT_NEAR(found->box.width / expected.box.width, 1, 0.1);
  for (std::size_t p = 0; p < 5; ++p)
    EXPECT_LT(cv::norm(found->points[p] - expected.points[p]), 0.1 * expected.box.width);
}

TEST(TransformFace, BackAndForthIsTheSame) {
  Face face;
  face.box = {10, 20, 30, 40};
  face.points = {cv::Point2f(15, 30), {30, 30}, {22, 40}, {17, 50}, {28, 50}};
  face.roll = 0.3;
  const cv::Matx23d there = levelling({100, 50}, 2.5, 1.1, {7, 9});
  const Face moved = transform_face(face, there);
  EXPECT_NEAR(moved.box.width, 75, 1e-3);
  EXPECT_NEAR(moved.roll, 0.3 - 1.1, 1e-9) << "levelling by a roll takes it away";
  const Face again = transform_face(moved, invert(there));
  EXPECT_LT(cv::norm(again.box.tl() - face.box.tl()), 1e-3);
  EXPECT_LT(cv::norm(again.points[4] - face.points[4]), 1e-3);
  EXPECT_NEAR(again.roll, face.roll, 1e-9);
}

}  // namespace
}  // namespace magicface::face
