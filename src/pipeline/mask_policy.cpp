// SPDX-License-Identifier: Apache-2.0
#include "mask_policy.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <set>

#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"
#include "magicface/image/blend.hpp"
#include "manifest_specs.hpp"

namespace magicface::pipeline {
namespace {

/// Share of the face's width over which the edited face fades into the source.
constexpr double kFeather = 0.09;

using Names = std::set<std::string>;

/// As published, by the parser's class names.
bool blanks(MaskPolicy policy, const std::string& name) {
  static const Names face{"skin", "l_brow", "r_brow", "l_eye", "r_eye", "eye_g", "nose", "mouth", "u_lip", "l_lip"};
  static const Names kept{"background", "l_ear", "r_ear", "ear_r", "neck", "cloth", "hair", "hat"};
  if (policy == MaskPolicy::paper) return face.contains(name);
  return policy == MaskPolicy::release ? name != "background" : !kept.contains(name);
}

/// 255 where the class map shows one of `names`.
cv::Mat where(const cv::Mat& class_map, const std::vector<std::string>& classes, const Names& names) {
  cv::Mat found = cv::Mat::zeros(class_map.size(), CV_8UC1);
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (names.contains(classes[i])) found |= class_map == static_cast<int>(i);
  }
  return found;
}

/// Hair and hats, unless they are blanked: what the model draws anew must be pasted, or old hair meets new.
Names spared_by(const face::ConditionSpec& spec, const std::vector<std::string>& classes) {
  Names spared{"hair", "hat"};
  for (const int blanked : spec.blanked_classes) spared.erase(classes[static_cast<std::size_t>(blanked)]);
  return spared;
}

cv::Mat blend_mask_of(const FaceAnalysis& analysis, const models::Manifest& manifest, const face::ConditionSpec& spec) {
  const auto& m = analysis.picture_to_crop;
  const double face_width = analysis.face.box.width * std::hypot(m(0, 0), m(1, 0));
  const double feather = std::max(2.0, kFeather * face_width);
  cv::Mat mask;
  analysis.blanked.convertTo(mask, CV_32F, 1.0 / 255.0);
  cv::GaussianBlur(mask, mask, cv::Size(), feather / 2.0);
  const auto& classes = manifest.condition->classes;
  if (const auto spared = spared_by(spec, classes); !spared.empty()) {
    cv::Mat hair;
    where(analysis.class_map, classes, spared).convertTo(hair, CV_32F, 1.0 / 255.0);
    cv::GaussianBlur(hair, hair, cv::Size(), feather / 4.0);
    mask = mask.mul(1.0 - hair);
  }
  return mask.mul(image::feathered_mask(mask.size(), cvRound(feather)));
}

/// In the order of MaskPolicy.
const std::vector<std::string>& policy_names() {
  static const std::vector<std::string> names{"bundle", "paper", "release", "keep"};
  return names;
}

}  // namespace

std::string mask_policy_name(MaskPolicy policy) { return policy_names()[static_cast<std::size_t>(policy)]; }

MaskPolicy mask_policy_from_name(std::string_view name) {
  const auto& names = policy_names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<MaskPolicy>(found - names.begin());
  throw UsageError("--mask-policy: expected bundle, paper, release or keep, got '" + std::string(name) +
                   "'; nearest is '" + nearest(name, names) + "'");
}

face::ConditionSpec condition_spec_of(const models::Manifest& manifest, int side, MaskPolicy policy) {
  auto spec = condition_spec_of(*manifest.condition, manifest.image_size, side);
  if (policy == MaskPolicy::bundle) return spec;
  spec.blanked_classes.clear();
  const auto& classes = manifest.condition->classes;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (blanks(policy, classes[i])) spec.blanked_classes.push_back(static_cast<int>(i));
  }
  return spec;
}

void draw_condition(FaceAnalysis& analysis, const models::Manifest& manifest, MaskPolicy policy) {
  const auto spec = condition_spec_of(manifest, manifest.image_size, policy);
  const auto& jaw = analysis.neutral_jaw;
  analysis.blanked = face::blank_mask(analysis.class_map, jaw, spec);
  analysis.condition = face::condition_image(analysis.crop, analysis.class_map, jaw, analysis.five_points, spec);
  analysis.contour = face::draw_contour(jaw, analysis.five_points, spec, analysis.crop.size());
  analysis.blend_mask = blend_mask_of(analysis, manifest, spec);
  where(analysis.class_map, manifest.condition->classes, {"background", "hair", "hat", "cloth", "neck_l", "ear_r"})
      .convertTo(analysis.beyond, CV_32F, 1.0 / 255.0);
}

}  // namespace magicface::pipeline
