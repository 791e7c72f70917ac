// SPDX-License-Identifier: Apache-2.0
#include "face_tasks.hpp"

#include <opencv2/imgproc.hpp>

#include "file_beside.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

cv::Mat read_mask(const std::optional<fs::path>& file, const cv::Mat& rgb, const image::ReadLimits& limits) {
  if (!file) return {};
  cv::Mat mask;
  cv::cvtColor(image::read_picture(*file, limits).rgb, mask, cv::COLOR_RGB2GRAY);
  if (mask.size() != rgb.size()) {
    throw ItemError("--mask " + file->string() + ": expected the picture's size, " + size_text(rgb.cols, rgb.rows) +
                    ", got " + size_text(mask.cols, mask.rows) + "; paint the mask over the picture itself");
  }
  if (cv::countNonZero(mask) == 0) {
    throw ItemError("--mask " + file->string() +
                    ": it is black everywhere, so nothing may change; paint white what may");
  }
  return mask;
}

}  // namespace

std::vector<FaceTask> face_tasks(const EditOptions& options, const face::FaceChoice& choice, const fs::path& input,
                                 const image::Picture& picture, pipeline::FaceAnalyser& faces) {
  FaceTask common;
  common.portrait.crop = options.crop;
  common.portrait.condition = file_beside("--condition", options.condition, input);
  common.portrait.condition_limits = options.limits;
  common.portrait.composite = options.composite;
  common.portrait.mask_policy = options.mask_policy;
  common.portrait.mask = read_mask(file_beside("--mask", options.mask, input), picture.rgb, options.limits);
  if (common.portrait.condition) return {common};
  std::vector<FaceTask> tasks;
  for (const auto& chosen : faces.choose(picture.rgb, choice)) {
    tasks.push_back(common);
    tasks.back().number = chosen.number;
    tasks.back().portrait.face = chosen.face;
    tasks.back().problem = chosen.usability.problem;
    tasks.back().warnings = chosen.usability.warnings;
  }
  return tasks;
}

void check_face_options(const EditOptions& options) {
  const bool all = options.face.kind == face::FaceChoice::Kind::all;
  if (all && (options.crop == pipeline::Crop::none || options.composite == pipeline::Composite::none)) {
    throw UsageError(
        "--face all: expected --crop auto and --composite auto, because every face goes back into one picture, "
        "got none; choose one face with --face N");
  }
  if (all && options.seeds.keep_best) {
    throw UsageError("--keep best: expected one face, got --face all; choose one with --face N");
  }
  if (options.condition && options.face.kind != face::FaceChoice::Kind::largest) {
    throw UsageError("--face: with --condition no face is looked for; leave one of them out");
  }
  if (options.condition && options.mask_policy != pipeline::MaskPolicy::bundle) {
    throw UsageError("--mask-policy: with --condition the condition image is given already; leave one of them out");
  }
  if (options.mask && options.composite == pipeline::Composite::none) {
    throw UsageError("--mask: expected --composite auto (the mask limits what goes back into the picture), got none");
  }
  if (options.mask && !fs::exists(*options.mask)) {
    throw UsageError("--mask " + options.mask->string() + ": no such file or folder");
  }
}

}  // namespace magicface::app
