// SPDX-License-Identifier: Apache-2.0
#include "magicface/pipeline/engine.hpp"

#include <ATen/ATen.h>

#include <algorithm>

#include "decoding.hpp"
#include "engine_state.hpp"
#include "guided_denoise.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"
#include "magicface/diffusion/sample.hpp"
#include "magicface/models/compute.hpp"
#include "manifest_specs.hpp"
#include "portrait.hpp"
#include "stage_watch.hpp"
#include "tensors.hpp"
#include "threads.hpp"
#include "unchanged.hpp"

namespace magicface::pipeline {
namespace {

struct Plan {
  diffusion::SamplerOptions sampler;
  double guidance = 1, noise_scale = 1;
};

Plan plan_of(const SamplingOptions& asked, const models::Manifest& manifest) {
  const auto sampling = resolved(asked, manifest.defaults);
  Plan plan;
  plan.sampler.kind = diffusion::sampler_from_name(sampling.sampler);
  plan.sampler.steps = sampling.steps;
  plan.sampler.eta = sampling.eta;
  plan.guidance = sampling.guidance;
  plan.noise_scale = sampling.noise_scale;
  return plan;
}

at::Tensor variations_of(const std::vector<BatchRow>& rows) {
  std::vector<at::Tensor> variations;
  for (const auto& row : rows) variations.push_back(at::tensor(row.edit.variation, at::kDouble).to(at::kFloat));
  return at::stack(variations);
}

/// What the denoiser is told of the portraits: of a single one once, for all rows; of several row by row.
struct Told {
  at::Tensor attribute;
  models::ReferenceFeatures reference;
};

Told told_of(const std::vector<BatchRow>& rows) {
  const auto& first = *rows.front().portrait;
  if (std::all_of(rows.begin(), rows.end(), [&](const BatchRow& row) { return row.portrait.get() == &first; })) {
    return {first.attribute, first.reference};
  }
  const auto joined = [&](const auto& tensor_of) {
    std::vector<at::Tensor> tensors;
    for (const auto& row : rows) tensors.push_back(tensor_of(*row.portrait));
    return at::cat(tensors);
  };
  Told told{joined([](const Portrait& portrait) { return portrait.attribute; }), {}};
  for (std::size_t i = 0; i < first.reference.size(); ++i) {
    told.reference.push_back(joined([i](const Portrait& portrait) { return portrait.reference[i]; }));
  }
  return told;
}

Edited finished(const BatchRow& row, const DecodedRow& decoded, const Unchanged& unchanged, Composite composite) {
  Edited edited;
  const cv::Mat shades = to_shades(decoded.image);
  edited.model_picture = rounded(shades);
  if (decoded.tiled) edited.warnings.emplace_back(kTiledWarning);
  if (composite == Composite::automatic) {
    edited.picture = row.edit.onto != nullptr ? *row.edit.onto : row.portrait->source;
    pipeline::composite(*row.portrait, shades, unchanged, edited.picture);
  } else {
    const auto& portrait = *row.portrait;
    edited.picture = image::replace_pixels(portrait.source, edited.model_picture);
    // A crop that happens to be as large as the source is another picture all the same.
    if (portrait.analysis && portrait.analysis->picture_to_crop != cv::Matx23d::eye()) edited.picture.alpha.release();
  }
  return edited;
}

}  // namespace

void check_sampling(const SamplingOptions& sampling, const models::Manifest& manifest) {
  const auto plan = plan_of(sampling, manifest);
  diffusion::validate(plan.sampler);
  diffusion::make_sampler(plan.sampler, noise_schedule_of(manifest.schedule));  // whether the steps fit the schedule
  if (!(plan.guidance >= 0 && plan.guidance <= 100)) {
    throw UsageError("--guidance: expected 0 to 100 (useful: 1 to 4), got " + format_number(plan.guidance));
  }
  if (!(plan.noise_scale >= 0 && plan.noise_scale <= 2)) {
    throw UsageError("--noise-scale: expected 0 to 2 (1: as in training), got " + format_number(plan.noise_scale));
  }
}

void check_compute(const ComputeOptions& compute) {
  const auto placement = models::resolve_placement(compute.device, compute.dtype);
  if (compute.cuda_graphs) {
    models::check_recorded(placement);
    if (compute.low_memory) {
      throw UsageError("--cuda-graphs: recorded steps need the denoiser kept in memory; leave out --low-memory");
    }
  }
  if (compute.batch_size < 1 || compute.batch_size > 1024) {
    throw UsageError("--batch-size: expected 1 to 1024, got " + std::to_string(compute.batch_size));
  }
  if (compute.threads < 0 || compute.threads > 1024) {
    throw UsageError("--threads: expected 0 (all cores) to 1024, got " + std::to_string(compute.threads));
  }
}

Engine::Engine(std::shared_ptr<const models::Bundle> bundle, const ComputeOptions& compute) {
  use_threads(compute.threads);
  auto placement = models::resolve_placement(compute.device, compute.dtype, bundle->manifest().image_size);
  placement.recorded = compute.cuda_graphs;
  state_.reset(new State{bundle, compute, models::DiffusionModel(*bundle, placement, compute.low_memory),
                         FaceAnalyser(bundle, compute)});
}
Engine::~Engine() = default;

FaceAnalyser& Engine::faces() { return state_->faces; }

void Engine::measure(OnStage on_stage) { state_->on_stage = std::move(on_stage); }

std::vector<Edited> Engine::edit(const std::vector<BatchRow>& asked, const SamplingOptions& sampling,
                                 Composite composite, const OnStep& on_step) {
  const c10::InferenceMode inference;
  const auto& manifest = state_->bundle->manifest();
  const bool compares = manifest.au.zero_keeps_expression && composite == Composite::automatic;
  const auto [rows, unchanged] = compares ? with_unchanged(asked) : ComparedRows{asked, {}};
  const auto plan = plan_of(sampling, manifest);
  std::vector<std::uint64_t> seeds;
  for (const auto& row : rows) seeds.push_back(row.edit.seed);
  diffusion::BatchNoise noise(seeds);
  const auto size = latent_size(*rows.front().portrait);
  const auto unit_noise = noise.draw({1, manifest.latent.channels, size.height, size.width});
  const auto start = unit_noise.mul(plan.noise_scale).to(state_->model.placement().device);
  const auto sampler = diffusion::make_sampler(plan.sampler, noise_schedule_of(manifest.schedule));
  StageWatch watch(state_->on_stage, state_->model.placement());
  const auto stepped = [&](int step, int steps) {
    watch.lap("step");
    if (on_step) on_step(step, steps);
  };
  at::Tensor latents;
  {  // what the portraits say is large, and isn't needed for decoding
    const auto told = told_of(rows);
    const auto denoise =
        guided_denoise(state_->model, told.attribute, told.reference, variations_of(rows), plan.guidance);
    latents = diffusion::sample(*sampler, start, noise, denoise, stepped);
  }
  const auto decoded = decode_within_memory(state_->model, latents);
  watch.lap("decode");
  std::vector<Edited> results;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto picture = compares ? to_shades(decoded[unchanged[i]].image) : asked[i].portrait->reconstruction;
    results.push_back(finished(asked[i], decoded[i], {picture, compares}, composite));
  }
  watch.lap("blend");
  return results;
}

}  // namespace magicface::pipeline
