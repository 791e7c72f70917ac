// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include <cmath>
#include <map>
#include <opencv2/imgproc.hpp>

#include "magicface/core/error.hpp"
#include "magicface/face/align.hpp"
#include "magicface/face/crop.hpp"
#include "magicface/face/find.hpp"
#include "magicface/models/compute.hpp"
#include "magicface/models/modules.hpp"
#include "magicface/pipeline/face_analyser.hpp"
#include "mask_policy.hpp"
#include "module_crop.hpp"
#include "tensors.hpp"
#include "threads.hpp"

namespace magicface::pipeline {
namespace {

/// Points 0 to 16 of the 68; how many of them are drawn is the condition's choice.
constexpr int kJawPoints = 17;

/// A face with what the parser sees of it; nothing in bundles without a parser.
struct SeenFace {
  face::Face face;
  std::optional<face::FaceParts> parts;
};

}  // namespace

struct FaceAnalyser::State {
  std::shared_ptr<const models::Bundle> bundle;
  models::Placement placement;
  std::unique_ptr<face::FaceDetector> detector;
  std::map<std::string, models::FaceNetwork> networks;

  const models::FaceNetwork& network(const std::string& module, std::vector<std::int64_t> output) {
    const auto found = networks.find(module);
    if (found != networks.end()) return found->second;
    return networks.emplace(module, models::FaceNetwork(*bundle, module, placement, std::move(output))).first->second;
  }

  /// Runs `module` on its own aligned crop of the face.
  at::Tensor run(const std::string& module, std::vector<std::int64_t> output, const cv::Mat& rgb,
                 const face::Face& face) {
    const auto& loaded = network(module, std::move(output));
    const auto transform = module_transform(bundle->manifest(), module, face, loaded.input_size());
    const c10::InferenceMode inference;
    return loaded.run(to_tensor(face::warp_to_crop(rgb, transform, loaded.input_size(), face::Border::reflect)))[0];
  }

  /// Points that `module` finds, in pixels of the picture.
  std::vector<cv::Point2f> run_points(const std::string& module, int count, const cv::Mat& rgb,
                                      const face::Face& face) {
    const auto result = run(module, {count, 2}, rgb, face);
    const auto transform = module_transform(bundle->manifest(), module, face, networks.at(module).input_size());
    return face::transform_points(to_points(result), face::invert(transform));
  }

  /// CV_8UC1, the parser's own crop of the face.
  cv::Mat parse(const cv::Mat& rgb, const face::Face& face) {
    const auto classes = static_cast<std::int64_t>(bundle->manifest().condition->classes.size());
    const auto labels = run("face_parser", {classes, -1, -1}, rgb, face).argmax(0).to(at::kByte).contiguous();
    if (labels.size(0) != labels.size(1)) {
      throw BundleError("module 'face_parser': expected a square map, got " + std::to_string(labels.size(0)) + " x " +
                        std::to_string(labels.size(1)));
    }
    return cv::Mat(static_cast<int>(labels.size(0)), static_cast<int>(labels.size(1)), CV_8UC1,
                   labels.data_ptr<std::uint8_t>())
        .clone();
  }

  std::optional<face::FaceParts> parts_of(const cv::Mat& rgb, const face::Face& face) {
    const auto& manifest = bundle->manifest();
    if (!manifest.condition || !bundle->has("face_parser")) return std::nullopt;
    const auto class_map = parse(rgb, face);
    const auto transform = module_transform(manifest, "face_parser", face, class_map.cols);
    // The transform takes the roll away, so the box has the crop's axes.
    const auto middle = face::transform_point((face.box.tl() + face.box.br()) * 0.5F, transform);
    const cv::Size2d size = cv::Size2d(face.box.size()) * std::hypot(transform(0, 0), transform(0, 1));
    return face::face_parts(class_map, manifest.condition->classes,
                            {middle - cv::Point2d(size.width, size.height) * 0.5, size});
  }

  const face::FaceDetector& any_detector() {
    if (detector) return *detector;
    for (const auto& entry : bundle->manifest().face_detectors) {
      if (!face::onnx_suits_opencv(entry.opencv)) continue;
      detector = face::make_yunet_detector(bundle->verified_file("face_detector", entry.file));
    }
    if (!detector) detector = face::make_haar_detector({});
    return *detector;
  }

  /// The detector's faces, as far as the parser agrees: those on their head turned, those that are none left out.
  std::vector<SeenFace> see(const cv::Mat& rgb) {
    std::vector<SeenFace> seen;
    for (const auto& face : face::find_faces(any_detector(), rgb)) {
      SeenFace one{face, parts_of(rgb, face)};
      if (one.parts && !face::eyes_are_above(*one.parts)) turn_over(rgb, one);
      if (!one.parts || face::shows_a_face(*one.parts)) seen.push_back(std::move(one));
    }
    return seen;
  }

  /// Only where the face is clearly upright the other way round: an upright one with covered eyes stays.
  void turn_over(const cv::Mat& rgb, SeenFace& seen) {
    const auto face = face::turned_over(any_detector(), rgb, seen.face);
    if (!face) return;
    const auto parts = parts_of(rgb, *face);
    if (face::is_clearly_upright(*parts)) seen = {*face, parts};
  }
};

FaceAnalyser::FaceAnalyser(std::shared_ptr<const models::Bundle> bundle, const ComputeOptions& compute)
    : state_(std::make_unique<State>()) {
  use_threads(compute.threads);
  state_->bundle = std::move(bundle);
  state_->placement = models::resolve_placement(compute.device, compute.dtype);
}
FaceAnalyser::~FaceAnalyser() = default;

std::vector<face::Face> FaceAnalyser::detect(const cv::Mat& rgb) {
  std::vector<face::Face> faces;
  for (auto& seen : state_->see(rgb)) faces.push_back(std::move(seen.face));
  return faces;
}

std::vector<face::Face> FaceAnalyser::detect_unchecked(const cv::Mat& rgb) {
  return face::find_faces(state_->any_detector(), rgb);
}

std::vector<ChosenFace> FaceAnalyser::choose(const cv::Mat& rgb, const face::FaceChoice& choice) {
  const auto& manifest = state_->bundle->manifest();
  const double model_width = manifest.crop_box_fraction * manifest.image_size;
  const auto seen = state_->see(rgb);
  std::vector<face::Face> faces;
  for (const auto& one : seen) faces.push_back(one.face);
  std::vector<ChosenFace> chosen;
  bool usable = false;
  for (const auto index : face::choose(faces, choice)) {
    auto usability = face::usability_of(faces[index], index + 1, rgb.size(), model_width, seen[index].parts);
    chosen.push_back({faces[index], index + 1, std::move(usability)});
    usable = usable || !chosen.back().usability.problem;
  }
  if (!usable) throw ItemError(*chosen.front().usability.problem);
  return chosen;
}

FaceAnalysis FaceAnalyser::analyse(const cv::Mat& rgb, const face::Face& face, MaskPolicy policy) {
  const auto& manifest = state_->bundle->manifest();
  if (!manifest.condition) {
    throw BundleError(state_->bundle->label() +
                      ": the bundle makes no condition images (no 'condition' section); use "
                      "--crop none --condition FILE");
  }
  FaceAnalysis analysis;
  analysis.face = face;
  analysis.picture_to_crop = face::crop_transform(face.box, manifest.crop_box_fraction, manifest.image_size, face.roll);
  analysis.crop = face::warp_to_crop(rgb, analysis.picture_to_crop, manifest.image_size, face::Border::reflect);

  const auto parsed = state_->parse(rgb, face);
  const auto parser_transform = module_transform(manifest, "face_parser", face, parsed.cols);
  const auto parser_to_crop = face::compose(analysis.picture_to_crop, face::invert(parser_transform));
  cv::warpAffine(parsed, analysis.class_map, cv::Mat(parser_to_crop), analysis.crop.size(), cv::INTER_NEAREST,
                 cv::BORDER_REPLICATE);

  analysis.landmarks = face::transform_points(state_->run_points("landmarks", 68, rgb, face), analysis.picture_to_crop);
  if (state_->bundle->has("neutral_jaw")) {
    const auto jaw = state_->run_points("neutral_jaw", kJawPoints, rgb, face);
    analysis.neutral_jaw = face::transform_points(jaw, analysis.picture_to_crop);
  } else {
    analysis.neutral_jaw.assign(analysis.landmarks.begin(), analysis.landmarks.begin() + kJawPoints);
  }
  analysis.five_points = face.has_points ? face::transform_points(face.points, analysis.picture_to_crop)
                                         : face::five_points_of(analysis.landmarks);
  draw_condition(analysis, manifest, policy);
  return analysis;
}

bool FaceAnalyser::can_estimate() const { return state_->bundle->has("au_estimator"); }

std::vector<double> FaceAnalyser::estimate_aus(const cv::Mat& rgb, const face::Face& face) {
  const auto count = static_cast<std::int64_t>(state_->bundle->manifest().au.names.size());
  const auto values = state_->run("au_estimator", {count}, rgb, face).to(at::kDouble).contiguous();
  return {values.data_ptr<double>(), values.data_ptr<double>() + count};
}

std::optional<cv::Vec3d> FaceAnalyser::estimate_pose(const cv::Mat& rgb, const face::Face& face) {
  if (!state_->bundle->has("head_pose")) return std::nullopt;
  const auto angles = state_->run("head_pose", {3}, rgb, face).to(at::kDouble).contiguous();
  const auto* values = angles.data_ptr<double>();
  // The module saw the face levelled; its roll counts counter-clockwise.
  const double roll = values[2] - levelled_by(state_->bundle->manifest(), "head_pose", face);
  return cv::Vec3d(values[0], values[1], std::remainder(roll, 2 * CV_PI));
}

std::vector<double> FaceAnalyser::estimate_identity(const cv::Mat& rgb, const face::Face& face) {
  if (!state_->bundle->has("identity")) return {};
  const auto vector = state_->run("identity", {-1}, rgb, face).to(at::kDouble).contiguous();
  return {vector.data_ptr<double>(), vector.data_ptr<double>() + vector.numel()};
}

std::vector<cv::Point2f> FaceAnalyser::landmarks(const cv::Mat& rgb, const face::Face& face) {
  return state_->run_points("landmarks", 68, rgb, face);
}

}  // namespace magicface::pipeline
