// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include <opencv2/imgproc.hpp>

#include "engine_state.hpp"
#include "magicface/core/error.hpp"
#include "magicface/face/condition.hpp"
#include "magicface/face/crop.hpp"
#include "magicface/image/blend.hpp"
#include "manifest_specs.hpp"
#include "portrait.hpp"
#include "tensors.hpp"

namespace magicface::pipeline {
namespace {

/// Share of the crop's side over which the edited face fades into the source.
constexpr double kFeather = 0.06;

std::string size_text(const cv::Mat& picture) { return std::to_string(picture.cols) + " x " + std::to_string(picture.rows); }

void check_sides(const cv::Mat& rgb, int multiple) {
  if (rgb.cols % multiple == 0 && rgb.rows % multiple == 0 && !rgb.empty()) return;
  throw ItemError("--crop none: expected sides that are multiples of " + std::to_string(multiple) + ", got " + size_text(rgb) +
                  " pixels; resize the picture or use --crop auto");
}

/// 1 over the blanked region, falling to 0 around it and at the border of the crop: the region that the model was
/// asked to fill is what goes back into the picture (hair and background stay the source's own pixels).
cv::Mat blend_mask(const FaceAnalysis& analysis, const models::Manifest& manifest) {
  const auto spec = condition_spec_of(*manifest.condition, manifest.image_size, manifest.image_size);
  cv::Mat mask = face::blank_mask(analysis.class_map, analysis.neutral_jaw, spec);
  mask.convertTo(mask, CV_32F, 1.0 / 255.0);
  const int feather = std::max(2, static_cast<int>(kFeather * manifest.image_size));
  cv::GaussianBlur(mask, mask, cv::Size(), feather / 2.0);
  return mask.mul(image::feathered_mask(mask.size(), feather));
}

/// The whole picture as its own crop, for `--crop none` without a condition image.
FaceAnalysis analyse_uncropped(FaceAnalyser& faces, const cv::Mat& rgb, const models::Manifest& manifest) {
  if (rgb.cols != manifest.image_size || rgb.rows != manifest.image_size) {
    throw ItemError("--crop none without --condition: expected a picture of " + std::to_string(manifest.image_size) + " x " +
                    std::to_string(manifest.image_size) + " pixels, got " + size_text(rgb) +
                    "; give the condition image with --condition or use --crop auto");
  }
  auto face = faces.largest_face(rgb);
  auto analysis = faces.analyse(rgb, face);
  // Bring everything back from the face's crop to the picture, which is the model's input here.
  const auto back = face::invert(analysis.picture_to_crop);
  analysis.landmarks = face::transform_points(analysis.landmarks, back);
  analysis.neutral_jaw = face::transform_points(analysis.neutral_jaw, back);
  analysis.five_points = face::transform_points(analysis.five_points, back);
  cv::Mat class_map;
  cv::warpAffine(analysis.class_map, class_map, cv::Mat(back), rgb.size(), cv::INTER_NEAREST, cv::BORDER_REPLICATE);
  analysis.class_map = class_map;
  analysis.crop = rgb;
  analysis.picture_to_crop = cv::Matx23d::eye();
  const auto spec = condition_spec_of(*manifest.condition, manifest.image_size, manifest.image_size);
  analysis.condition = face::condition_image(rgb, class_map, analysis.neutral_jaw, analysis.five_points, spec);
  analysis.contour = face::draw_contour(analysis.neutral_jaw, analysis.five_points, spec, rgb.size());
  return analysis;
}

cv::Mat read_condition(const std::filesystem::path& file, const cv::Mat& rgb) {
  const auto condition = image::read_picture(file).rgb;
  if (condition.size() != rgb.size()) {
    throw ItemError("--condition " + file.string() + ": expected the portrait's size, " + size_text(rgb) + ", got " +
                    size_text(condition));
  }
  return condition;
}

}  // namespace

std::shared_ptr<const Portrait> Engine::prepare(image::Picture picture, const PortraitOptions& options) {
  const auto& manifest = state_->bundle->manifest();
  auto portrait = std::make_shared<Portrait>();
  cv::Mat condition;
  if (options.crop == Crop::none) {
    check_sides(picture.rgb, manifest.size_multiple);
    portrait->model_input = picture.rgb;
    if (options.condition) {
      condition = read_condition(*options.condition, picture.rgb);
    } else {
      portrait->analysis = analyse_uncropped(state_->faces, picture.rgb, manifest);
    }
  } else {
    const auto face = state_->faces.largest_face(picture.rgb);
    portrait->analysis = state_->faces.analyse(picture.rgb, face);
    portrait->model_input = portrait->analysis->crop;
  }
  if (portrait->analysis) {
    condition = portrait->analysis->condition;
    portrait->blend_mask = blend_mask(*portrait->analysis, manifest);
  }
  if (const double scale = manifest.attribute_controller_scale; scale != 1) {
    // The paper's stride-2 Attribute Controller reads a condition image of twice the portrait's side.
    cv::resize(condition, condition, cv::Size(), scale, scale, cv::INTER_LINEAR);
  }
  const c10::InferenceMode inference;
  const auto& model = state_->model;
  const auto latent = model.encode(to_tensor(portrait->model_input));
  portrait->latent_height = latent.size(2);
  portrait->latent_width = latent.size(3);
  portrait->attribute = model.attribute(model.encode(to_tensor(condition)));
  portrait->reference = model.reference(latent);
  portrait->source = std::move(picture);
  return portrait;
}

const FaceAnalysis* analysis_of(const Portrait& portrait) {
  return portrait.analysis ? &*portrait.analysis : nullptr;
}

const image::Picture& source_of(const Portrait& portrait) { return portrait.source; }

}  // namespace magicface::pipeline
