// SPDX-License-Identifier: Apache-2.0
#include "module_crop.hpp"

#include <gtest/gtest.h>

#include "magicface/core/error.hpp"
#include "magicface/face/crop.hpp"

namespace magicface::pipeline {
namespace {

face::Face face_with_points() {
  face::Face face;
  face.box = cv::Rect2f(100, 50, 80, 100);
  face.points = {cv::Point2f(120, 90), {160, 90}, {140, 110}, {125, 130}, {155, 130}};
  face.has_points = true;
  return face;
}

TEST(ModuleTransform, WithoutAnEntryItIsTheModelsCrop) {
  models::Manifest manifest;
  manifest.crop_box_fraction = 0.5;
  const auto transform = module_transform(manifest, "landmarks", face_with_points(), 64);
  EXPECT_EQ(transform, face::crop_transform(face_with_points().box, 0.5, 64));
}

TEST(ModuleTransform, ABoxAlignmentHasItsOwnFraction) {
  models::Manifest manifest;
  manifest.alignment["landmarks"] = {"box", 0.25};
  const auto transform = module_transform(manifest, "landmarks", face_with_points(), 64);
  EXPECT_DOUBLE_EQ(transform(0, 0), 0.25 * 64 / 80);
}

TEST(ModuleTransform, APointAlignmentNeedsPoints) {
  models::Manifest manifest;
  manifest.alignment["identity"] = {"five_point", 0};
  auto face = face_with_points();
  EXPECT_NO_THROW(module_transform(manifest, "identity", face, 112));
  face.has_points = false;
  EXPECT_THROW(module_transform(manifest, "identity", face, 112), BundleError);
}

TEST(ModuleTransform, BoxAlignmentsLevelARolledFace) {
  models::Manifest manifest;
  manifest.alignment["head_pose"] = {"fan", 0};
  auto face = face_with_points();
  face.roll = 0.5;
  for (const char* module : {"landmarks", "head_pose"}) {
    const auto m = module_transform(manifest, module, face, 64);
    EXPECT_NEAR(std::atan2(-m(1, 0), m(0, 0)), 0.5, 1e-9) << module;
    EXPECT_NEAR(levelled_by(manifest, module, face), 0.5, 1e-9) << module;
  }
}

TEST(ModuleTransform, PointsLevelAFaceAsFarAsTheyAreTurned) {
  models::Manifest manifest;
  manifest.alignment["head_pose"] = {"five_point", 0};
  manifest.alignment["identity"] = {"ffhq_quad", 0};
  const auto upright = face_with_points();
  auto turned = upright;
  const double angle = 0.5;  // clockwise, as a roll counts, in a picture whose y axis points down
  for (auto& point : turned.points) {
    const auto from = point - upright.points[2];
    point = upright.points[2] + cv::Point2f(static_cast<float>(std::cos(angle) * from.x - std::sin(angle) * from.y),
                                            static_cast<float>(std::sin(angle) * from.x + std::cos(angle) * from.y));
  }
  for (const char* module : {"head_pose", "identity"}) {
    const double before = levelled_by(manifest, module, upright);
    EXPECT_NEAR(levelled_by(manifest, module, turned) - before, angle, 1e-4) << module;
  }
}

}  // namespace
}  // namespace magicface::pipeline
