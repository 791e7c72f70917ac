// SPDX-License-Identifier: Apache-2.0
#include "magicface/diffusion/sampler_options.hpp"

#include "names.hpp"

namespace magicface::diffusion {
namespace {

// UniPC, DPM-Solver++: at 1000 steps of 1000 timesteps some repeat; DDIM, DDPM: they leave the table.
constexpr int kMaxSteps = 999;

constexpr NameTable<SamplerKind, 5> kSamplers = {{{"unipc", SamplerKind::unipc},
                                                  {"ddim", SamplerKind::ddim},
                                                  {"ddpm", SamplerKind::ddpm},
                                                  {"dpmpp_2m", SamplerKind::dpmpp_2m},
                                                  {"euler", SamplerKind::euler}}};

}  // namespace

SamplerKind sampler_from_name(std::string_view name) { return value_of("--sampler", name, kSamplers); }

std::string_view name_of(SamplerKind kind) {
  for (const auto& entry : kSamplers) {
    if (entry.second == kind) return entry.first;
  }
  throw UsageError("--sampler: expected one of " + join(sampler_names(), ", ") + "; got number " +
                   std::to_string(static_cast<int>(kind)));
}

std::vector<std::string> sampler_names() { return names_in(kSamplers); }

void validate(const SamplerOptions& options) {
  name_of(options.kind);
  if (options.steps < 1 || options.steps > kMaxSteps) {
    throw UsageError("--steps: expected 1 to " + std::to_string(kMaxSteps) + ", got " + std::to_string(options.steps) +
                     "; leave it out for the bundle's own");
  }
  // Written so that NaN fails.
  if (!(options.eta >= 0 && options.eta <= 1)) {
    throw UsageError("--eta: expected 0 to 1, got " + format_number(options.eta) + "; 0 adds no noise");
  }
  if (options.eta > 0 && options.kind != SamplerKind::ddim) {
    throw UsageError("--eta: expected 0 with --sampler " + std::string(name_of(options.kind)) + ", got " +
                     format_number(options.eta) + "; choose --sampler ddim or leave --eta out");
  }
}

}  // namespace magicface::diffusion
