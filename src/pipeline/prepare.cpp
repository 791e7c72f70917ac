// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include <opencv2/imgproc.hpp>

#include "decoding.hpp"
#include "engine_state.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"
#include "magicface/face/crop.hpp"
#include "mask_policy.hpp"
#include "portrait.hpp"
#include "stage_watch.hpp"
#include "tensors.hpp"

namespace magicface::pipeline {
namespace {

void check_sides(const cv::Mat& rgb, int multiple) {
  if (rgb.cols % multiple == 0 && rgb.rows % multiple == 0 && !rgb.empty()) return;
  throw ItemError("--crop none: expected sides that are multiples of " + std::to_string(multiple) + ", got " +
                  size_text(rgb.cols, rgb.rows) + " pixels; resize the picture or use --crop auto");
}

/// The whole picture as its own crop, for `--crop none` without a condition image.
FaceAnalysis analyse_uncropped(FaceAnalyser& faces, const cv::Mat& rgb, const face::Face& face,
                               const models::Manifest& manifest, MaskPolicy policy) {
  if (rgb.cols != manifest.image_size || rgb.rows != manifest.image_size) {
    throw ItemError("--crop none without --condition: expected a picture of " +
                    size_text(manifest.image_size, manifest.image_size) + " pixels, got " +
                    size_text(rgb.cols, rgb.rows) + "; give the condition image with --condition or use --crop auto");
  }
  auto analysis = faces.analyse(rgb, face, policy);
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
  draw_condition(analysis, manifest, policy);
  return analysis;
}

cv::Mat read_condition(const std::filesystem::path& file, const image::ReadLimits& limits, const cv::Mat& rgb) {
  const auto condition = image::read_picture(file, limits).rgb;
  if (condition.size() != rgb.size()) {
    throw ItemError("--condition " + file.string() + ": expected the portrait's size, " +
                    size_text(rgb.cols, rgb.rows) + ", got " + size_text(condition.cols, condition.rows));
  }
  return condition;
}

}  // namespace

std::shared_ptr<const Portrait> Engine::prepare(image::Picture picture, const PortraitOptions& options) {
  const auto& manifest = state_->bundle->manifest();
  auto portrait = std::make_shared<Portrait>();
  StageWatch watch(state_->on_stage, state_->model.placement());
  const auto face_of = [&](const cv::Mat& rgb) {
    return options.face ? *options.face : state_->faces.choose(rgb, {})[0].face;
  };
  cv::Mat condition;
  if (options.crop == Crop::none) {
    check_sides(picture.rgb, manifest.size_multiple);
    portrait->model_input = picture.rgb;
    if (options.condition) {
      condition = read_condition(*options.condition, options.condition_limits, picture.rgb);
    } else {
      portrait->analysis =
          analyse_uncropped(state_->faces, picture.rgb, face_of(picture.rgb), manifest, options.mask_policy);
    }
  } else {
    portrait->analysis = state_->faces.analyse(picture.rgb, face_of(picture.rgb), options.mask_policy);
    portrait->model_input = portrait->analysis->crop;
  }
  if (portrait->analysis) {
    condition = portrait->analysis->condition;
    portrait->picture_to_crop = portrait->analysis->picture_to_crop;
    portrait->blend_mask = portrait->analysis->blend_mask;
    portrait->beyond = portrait->analysis->beyond;
  } else if (!options.mask.empty()) {
    portrait->blend_mask = cv::Mat::ones(picture.rgb.size(), CV_32FC1);  // the user's mask alone decides
  }
  portrait->mask = options.mask;
  if (const double scale = manifest.attribute_controller_scale; scale != 1) {
    // The paper's stride-2 Attribute Controller reads a condition image of twice the portrait's side.
    cv::resize(condition, condition, cv::Size(), scale, scale, cv::INTER_LINEAR);
  }
  watch.lap("parse");
  const c10::InferenceMode inference;
  const auto& model = state_->model;
  const auto latent = model.encode(to_tensor(portrait->model_input));
  portrait->latent_height = latent.size(2);
  portrait->latent_width = latent.size(3);
  portrait->attribute = model.attribute(model.encode(to_tensor(condition)));
  watch.lap("encode");
  portrait->reference = model.reference(latent);
  watch.lap("reference");
  if (!portrait->blend_mask.empty() && options.composite == Composite::automatic &&
      !manifest.au.zero_keeps_expression) {
    // Its edits will be decoded as it is, in tiles too, and say so.
    portrait->reconstruction = to_shades(decode_within_memory(model, latent * manifest.latent.scaling_factor)[0].image);
    watch.lap("reconstruct");
  }
  portrait->source = std::move(picture);
  return portrait;
}

const FaceAnalysis* analysis_of(const Portrait& portrait) { return portrait.analysis ? &*portrait.analysis : nullptr; }

cv::Size latent_size(const Portrait& portrait) {
  return {static_cast<int>(portrait.latent_width), static_cast<int>(portrait.latent_height)};
}

const image::Picture& source_of(const Portrait& portrait) { return portrait.source; }

}  // namespace magicface::pipeline
