// SPDX-License-Identifier: Apache-2.0
/// The table of docs/compositing.md. Slow and of a bundle that is trained anew, so it is run by hand:
///   build/release/tests/pipeline/pipeline_tests --gtest_also_run_disabled_tests --gtest_filter='*CompositingFigures*'
#include <gtest/gtest.h>

#include <cstdio>
#include <opencv2/imgproc.hpp>

#include "composite.hpp"
#include "magicface/image/matching.hpp"
#include "portrait.hpp"

namespace magicface::pipeline {
namespace {

const std::filesystem::path kRoot = MAGICFACE_SOURCE_DIR;

cv::Mat result(const Portrait& portrait, const cv::Mat& model_picture, const Unchanged& unchanged,
               const CompositeSteps& steps, bool hard) {
  image::Picture onto{portrait.source.rgb.clone(), {}};
  auto layer = layer_of(portrait, model_picture, unchanged, steps);
  if (hard) {
    layer.weights = layer.weights > 0.5;
    layer.weights.convertTo(layer.weights, CV_32F, 1.0 / 255);
  }
  image::put_layer(onto, layer, portrait.picture_to_crop);
  return onto.rgb;
}

/// Mean length of the luminance gradient where the mask is 1: how much detail there is.
double detail(const cv::Mat& rgb, const cv::Mat& weights) {
  return image::seam(cv::Mat::zeros(rgb.size(), rgb.type()), rgb, cv::min(weights, 0.999));
}

TEST(DISABLED_CompositingFigures, SeamAndDetailWithAndWithoutEachStep) {
  const auto bundle = std::make_shared<const models::Bundle>(kRoot / "models/demo");
  Engine engine(bundle, {"cpu", "float32", 1, 2});
  const std::vector<double> none(12, 0.0);
  auto smile = none, open = none;
  smile[6] = 3;
  open[10] = 3;
  open[11] = 4;
  SamplingOptions sampling;
  sampling.steps = 12;
  const char* names[] = {"hard edge", "feather", "feather, tint", "feather, tint, detail",
                         "feather, tint, detail, motion"};
  double seams[5] = {}, details[5] = {}, source_detail = 0;
  int pictures = 0;
  for (const char* name : {"portrait.png", "portrait-2.png", "portrait-4.png"}) {
    const auto portrait = engine.prepare(image::read_picture(kRoot / "docs/samples" / name), {});
    cv::Mat weights;
    cv::warpAffine(portrait->blend_mask, weights, portrait->picture_to_crop, portrait->source.rgb.size(),
                   cv::INTER_LINEAR | cv::WARP_INVERSE_MAP);
    const auto& source = portrait->source.rgb;
    const auto made = engine.edit({{portrait, {none, 424}}, {portrait, {smile, 424}}, {portrait, {open, 424}}},
                                  sampling, Composite::none, [](int, int) {});
    for (std::size_t k = 1; k < made.size(); ++k) {
      const auto composed = [&](const CompositeSteps& steps, bool hard) {
        return result(*portrait, made[k].model_picture, {made[0].model_picture, true}, steps, hard);
      };
      const cv::Mat results[] = {composed({false, false, false}, true), composed({false, false, false}, false),
                                 composed({true, false, false}, false), composed({true, true, false}, false),
                                 composed({}, false)};
      for (int i = 0; i < 5; ++i) {
        seams[i] += image::seam(source, results[i], weights);
        details[i] += detail(results[i], weights);
      }
      source_detail += detail(source, weights);
      ++pictures;
    }
  }
  std::printf("| step | seam | detail inside |\n");
  for (int i = 0; i < 5; ++i) {
    std::printf("| %s | %.2f | %.0f %% |\n", names[i], seams[i] / pictures, 100 * details[i] / source_detail);
  }
  EXPECT_LT(seams[4], seams[0]);
}

}  // namespace
}  // namespace magicface::pipeline
