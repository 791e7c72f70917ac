// SPDX-License-Identifier: Apache-2.0
#include "mask_policy.hpp"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <set>

#include "magicface/core/error.hpp"

namespace magicface::pipeline {
namespace {

constexpr int kSkin = 1, kHair = 17;

models::Manifest manifest() {
  models::Manifest manifest;
  manifest.image_size = 128;
  manifest.condition.emplace();
  manifest.condition->classes = {"background", "skin",   "l_brow", "r_brow", "l_eye", "r_eye", "eye_g",
                                 "l_ear",      "r_ear",  "ear_r",  "nose",   "mouth", "u_lip", "l_lip",
                                 "neck",       "neck_l", "cloth",  "hair",   "hat"};
  manifest.condition->blanked = {1};
  manifest.condition->colours.resize(17);
  for (std::size_t i = 0; i < 5; ++i)
    manifest.condition->canvas_template[i] = {100.0 + 20.0 * (i % 2), 100.0 + 10.0 * i};
  return manifest;
}

std::set<int> blanked(MaskPolicy policy) {
  const auto spec = condition_spec_of(manifest(), 128, policy);
  return {spec.blanked_classes.begin(), spec.blanked_classes.end()};
}

TEST(MaskPolicy, BlanksTheClassesOfPaperAndReleases) {
  EXPECT_EQ(blanked(MaskPolicy::bundle), (std::set<int>{1}));
  EXPECT_EQ(blanked(MaskPolicy::paper), (std::set<int>{1, 2, 3, 4, 5, 6, 10, 11, 12, 13}));
  EXPECT_EQ(blanked(MaskPolicy::keep), (std::set<int>{1, 2, 3, 4, 5, 6, 10, 11, 12, 13, 15}));
  std::set<int> all;
  for (int i = 1; i < 19; ++i) all.insert(i);
  EXPECT_EQ(blanked(MaskPolicy::release), all);
}

TEST(MaskPolicy, NamesAreReadAndTheNearestIsSuggested) {
  EXPECT_EQ(mask_policy_from_name("keep"), MaskPolicy::keep);
  EXPECT_EQ(mask_policy_from_name("bundle"), MaskPolicy::bundle);
  try {
    mask_policy_from_name("papr");
    ADD_FAILURE();
  } catch (const UsageError& problem) {
    EXPECT_NE(std::string(problem.what()).find("nearest is 'paper'"), std::string::npos);
  }
}

/// A face of skin that fills the middle, a fringe of hair over its upper part.
FaceAnalysis with_fringe() {
  FaceAnalysis analysis;
  analysis.face.box = {20, 20, 88, 100};
  analysis.picture_to_crop = cv::Matx23d::eye();
  analysis.crop = cv::Mat(128, 128, CV_8UC3, cv::Scalar(200, 150, 120));
  analysis.class_map = cv::Mat(128, 128, CV_8UC1, cv::Scalar(0));
  analysis.class_map(cv::Rect(24, 20, 80, 90)) = kSkin;
  analysis.class_map(cv::Rect(24, 20, 80, 24)) = kHair;
  analysis.neutral_jaw.assign(17, {64, 64});
  analysis.five_points = {cv::Point2f(48, 60), {80, 60}, {64, 75}, {52, 90}, {76, 90}};
  return analysis;
}

TEST(BlendMask, SparesHairInFrontOfTheFace) {
  auto analysis = with_fringe();
  draw_condition(analysis, manifest(), MaskPolicy::bundle);
  EXPECT_LT(analysis.blend_mask.at<float>(28, 64), 0.02F) << "the fringe";
  EXPECT_GT(analysis.blend_mask.at<float>(80, 64), 0.98F) << "the face";
  EXPECT_EQ(analysis.blend_mask.at<float>(64, 2), 0.0F) << "the background";
  draw_condition(analysis, manifest(), MaskPolicy::release);
  EXPECT_GT(analysis.blend_mask.at<float>(34, 64), 0.9F) << "that policy redraws hair";
  auto first_release = manifest();
  first_release.condition->blanked = {kSkin, kHair};
  draw_condition(analysis, first_release, MaskPolicy::bundle);
  EXPECT_GT(analysis.blend_mask.at<float>(34, 64), 0.9F) << "that bundle redraws hair";
}

TEST(BlendMask, FadesOverAShareOfTheFacesWidth) {
  const auto width_of_fade = [](float face_width) {
    auto analysis = with_fringe();
    analysis.face.box.width = face_width;
    draw_condition(analysis, manifest(), MaskPolicy::bundle);
    const cv::Mat row = analysis.blend_mask.row(80);
    return cv::countNonZero((row > 0.05F) & (row < 0.95F));
  };
  EXPECT_NEAR(width_of_fade(88), 2 * width_of_fade(44), 6);
  EXPECT_GT(width_of_fade(88), width_of_fade(44));
}

}  // namespace
}  // namespace magicface::pipeline
