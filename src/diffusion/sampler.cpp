// SPDX-License-Identifier: Apache-2.0
#include "magicface/diffusion/sampler.hpp"

#include <stdexcept>
#include <string>
#include <utility>

#include "samplers.hpp"

namespace magicface::diffusion {

Sampler::Sampler(std::vector<double> timesteps, double initial_sigma)
    : timesteps_(std::move(timesteps)), initial_sigma_(initial_sigma) {}

Sampler::~Sampler() = default;

at::Tensor Sampler::scale_model_input(const at::Tensor& x, int /*i*/) const { return x; }

bool Sampler::needs_noise(int /*i*/) const { return false; }

Sampler::StepResult Sampler::step(const at::Tensor& model_output, int i, const at::Tensor& x, const at::Tensor& noise) {
  if (i != 0 && (i != next_step_ || i >= steps())) {
    throw std::logic_error("Sampler::step: expected step 0 or " + std::to_string(next_step_) + " of " +
                           std::to_string(steps()) + ", got " + std::to_string(i));
  }
  if (model_output.sizes() != x.sizes()) throw std::logic_error("Sampler::step: output and sample differ in shape");
  if (needs_noise(i) && (!noise.defined() || noise.sizes() != x.sizes())) {
    throw std::logic_error("Sampler::step: expected noise shaped as the sample in step " + std::to_string(i));
  }
  auto result = advance(model_output, i, x, noise);
  next_step_ = i + 1;
  return result;
}

std::unique_ptr<Sampler> make_sampler(const SamplerOptions& options, const NoiseScheduleConfig& config) {
  validate(options);
  const NoiseSchedule schedule(config);
  switch (options.kind) {
    case SamplerKind::unipc:
      return make_unipc(schedule, options.steps);
    case SamplerKind::ddim:
      return make_ddim(schedule, options.steps, options.eta);
    case SamplerKind::ddpm:
      return make_ddpm(schedule, options.steps);
    case SamplerKind::dpmpp_2m:
      return make_dpmpp_2m(schedule, options.steps);
    case SamplerKind::euler:
      return make_euler(schedule, options.steps);
  }
  throw std::logic_error("make_sampler: unknown sampler");
}

}  // namespace magicface::diffusion
