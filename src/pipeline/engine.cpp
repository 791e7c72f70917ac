// SPDX-License-Identifier: Apache-2.0
#include "magicface/pipeline/engine.hpp"

#include <ATen/ATen.h>

#include <algorithm>

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

namespace magicface::pipeline {
namespace {

struct Plan {
  diffusion::SamplerOptions sampler;
  double guidance = 1;
};

Plan plan_of(const SamplingOptions& sampling, const models::Manifest& manifest) {
  Plan plan;
  plan.sampler.kind = diffusion::sampler_from_name(sampling.sampler.value_or(manifest.defaults.sampler));
  plan.sampler.steps = sampling.steps.value_or(manifest.defaults.steps);
  plan.sampler.eta = sampling.eta;
  plan.guidance = sampling.guidance.value_or(manifest.defaults.guidance);
  return plan;
}

at::Tensor variations_of(const std::vector<Edit>& edits) {
  std::vector<at::Tensor> rows;
  for (const auto& edit : edits) rows.push_back(at::tensor(edit.variation, at::kDouble).to(at::kFloat));
  return at::stack(rows);
}

}  // namespace

void check_sampling(const SamplingOptions& sampling, const models::Manifest& manifest) {
  const auto plan = plan_of(sampling, manifest);
  diffusion::validate(plan.sampler);
  diffusion::make_sampler(plan.sampler, noise_schedule_of(manifest.schedule));  // whether the steps fit the schedule
  if (!(plan.guidance >= 0 && plan.guidance <= 100)) {
    throw UsageError("--guidance: expected 0 to 100 (useful: 1 to 4), got " + format_number(plan.guidance));
  }
}

void check_compute(const ComputeOptions& compute) {
  models::resolve_placement(compute.device, compute.dtype);
  if (compute.batch_size < 1 || compute.batch_size > 1024) {
    throw UsageError("--batch-size: expected 1 to 1024, got " + std::to_string(compute.batch_size));
  }
  if (compute.threads < 0 || compute.threads > 1024) {
    throw UsageError("--threads: expected 0 (all cores) to 1024, got " + std::to_string(compute.threads));
  }
}

Engine::Engine(std::shared_ptr<const models::Bundle> bundle, const ComputeOptions& compute) {
  models::set_threads(compute.threads);
  const auto placement = models::resolve_placement(compute.device, compute.dtype);
  state_.reset(new State{bundle, compute, models::DiffusionModel(*bundle, placement), FaceAnalyser(bundle, compute)});
}
Engine::~Engine() = default;

FaceAnalyser& Engine::faces() { return state_->faces; }

void Engine::measure(OnStage on_stage) { state_->on_stage = std::move(on_stage); }

std::vector<Edited> Engine::edit(const Portrait& portrait, const std::vector<Edit>& edits, const SamplingOptions& sampling,
                                 Composite composite, const OnStep& on_step) {
  const c10::InferenceMode inference;
  const auto& manifest = state_->bundle->manifest();
  const auto plan = plan_of(sampling, manifest);
  std::vector<std::uint64_t> seeds;
  for (const auto& edit : edits) seeds.push_back(edit.seed);
  diffusion::BatchNoise noise(seeds);
  const auto start = noise.draw({1, manifest.latent.channels, portrait.latent_height, portrait.latent_width})
                         .to(state_->model.placement().device);
  const auto sampler = diffusion::make_sampler(plan.sampler, noise_schedule_of(manifest.schedule));
  const auto denoise = guided_denoise(state_->model, portrait.attribute, portrait.reference, variations_of(edits), plan.guidance);
  StageWatch watch(state_->on_stage, state_->model.placement());
  const auto stepped = [&](int step, int steps) {
    watch.lap("step");
    if (on_step) on_step(step, steps);
  };
  const auto latents = diffusion::sample(*sampler, start, noise, denoise, stepped);
  const auto images = state_->model.decode(latents);
  watch.lap("decode");

  std::vector<Edited> results;
  for (std::int64_t i = 0; i < images.size(0); ++i) {
    Edited edited;
    edited.model_picture = to_picture(images[i]);
    if (composite == Composite::automatic) {
      const auto* onto = edits[static_cast<std::size_t>(i)].onto;
      edited.picture = onto != nullptr ? *onto : portrait.source;
      pipeline::composite(portrait, edited.model_picture, edited.picture);
    } else {
      edited.picture = image::replace_pixels(portrait.source, edited.model_picture);
    }
    results.push_back(std::move(edited));
  }
  watch.lap("blend");
  return results;
}

}  // namespace magicface::pipeline
