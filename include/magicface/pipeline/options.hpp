// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "magicface/face/detector.hpp"
#include "magicface/image/picture.hpp"

namespace magicface::models {
struct DefaultsSection;
}

namespace magicface::pipeline {

/// Where and how to compute; checked by `check_compute` before a model is loaded.
struct ComputeOptions {
  std::string device = "auto";  ///< auto, cpu, cuda or cuda:N
  std::string dtype = "auto";   ///< auto, float32, float16 or bfloat16
  int threads = 0;              ///< inside one operation; 0: LibTorch's choice
  int batch_size = 4;           ///< edits that are sampled together, from 1
  bool low_memory = false;      ///< the largest networks take turns in memory (models/modules.hpp)
  bool cuda_graphs = false;     ///< denoising steps are recorded once per batch size, then replayed; on CUDA
};

/// How to sample. Unset values are the bundle's defaults.
struct SamplingOptions {
  std::optional<std::string> sampler;  ///< unipc, ddim, ddpm, dpmpp_2m, euler
  std::optional<int> steps;            ///< 1 to 999
  double eta = 0;                      ///< DDIM's share of fresh noise, 0 to 1
  std::optional<double> guidance;      ///< classifier-free guidance scale, 0 to 100; 1 switches guidance off
  std::optional<double>
      noise_scale;  ///< of the start noise, 0 to 2; below 1: less varied, closer to the average answer
};

/// How sampling goes: what was asked for, and the bundle's defaults elsewhere.
struct Sampling {
  std::string sampler;
  int steps;
  double eta, guidance, noise_scale;
};
Sampling resolved(const SamplingOptions& asked, const models::DefaultsSection& defaults);

/// What is cut out for the model, and what happens with its picture.
enum class Crop { automatic, none };
enum class Composite { automatic, none };

/// Which parser classes the condition image blanks, so that the model draws them anew (docs/compositing.md).
enum class MaskPolicy {
  bundle,   ///< what the bundle's model was trained with
  paper,    ///< the face: skin, brows, eyes, glasses, nose, mouth
  release,  ///< the first release: everything but the background
  keep,     ///< its later code: everything but background, ears, earrings, neck, cloth, hair and hat
};
/// @throws UsageError naming the nearest one.
MaskPolicy mask_policy_from_name(std::string_view name);
/// "bundle", "paper", "release", "keep"
std::string mask_policy_name(MaskPolicy policy);

/// How a portrait reaches the model.
struct PortraitOptions {
  Crop crop = Crop::automatic;  ///< none: the picture as it is, never resampled
  /// The condition image for `Crop::none`; without it, the condition is made from the bundle's face modules.
  std::optional<std::filesystem::path> condition;
  image::ReadLimits condition_limits;           ///< of the file `condition`
  std::optional<face::Face> face;               ///< of the picture; unset: the largest
  MaskPolicy mask_policy = MaskPolicy::bundle;  ///< for the condition images that are made here
  cv::Mat mask;                                 ///< CV_8UC1, the picture's size, 255: may change; empty: no limit
  Composite composite = Composite::automatic;   ///< none: what only compositing needs isn't computed
};

/// One edit of a portrait: the AU variation in the bundle's order, and the seed of its noise.
struct Edit {
  std::vector<double> variation;
  std::uint64_t seed = 0;
  const image::Picture* onto = nullptr;  ///< what the result is put into; null: the portrait's source
};

/// Called after every denoising step. May throw Cancelled.
using OnStep = std::function<void(int step, int steps)>;

/// Called at the end of each stage of a measured run (docs/performance.md names them) with the time since the one
/// before.
using OnStage = std::function<void(const char* stage, double seconds)>;

}  // namespace magicface::pipeline
