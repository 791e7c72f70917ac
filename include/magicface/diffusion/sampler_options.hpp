// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Which sampler, how many steps: values that can be checked before any model is loaded. Free of LibTorch.
namespace magicface::diffusion {

enum class SamplerKind {
  unipc,     ///< UniPC, order 2, B2(h), predicts x_0 (Zhao et al. 2023)
  ddim,      ///< DDIM, eta 0 is deterministic (Song et al. 2021)
  ddpm,      ///< ancestral sampling, fixed small variance (Ho et al. 2020)
  dpmpp_2m,  ///< DPM-Solver++ 2M, midpoint (Lu et al. 2022)
  euler,     ///< Euler's method in sigma space (Karras et al. 2022)
};

struct SamplerOptions {
  SamplerKind kind = SamplerKind::unipc;
  int steps = 50;    ///< denoising steps N, 1 .. 999
  double eta = 0.0;  ///< DDIM's share of fresh noise, 0 (none) .. 1 (as much as DDPM); other samplers: 0
};

/// The command line's spelling ("unipc", "ddim", "ddpm", "dpmpp_2m", "euler"); throws UsageError with the nearest one.
SamplerKind sampler_from_name(std::string_view name);
std::string_view name_of(SamplerKind kind);
/// Every name, in the order of the enumeration.
std::vector<std::string> sampler_names();

/// Throws UsageError that names --steps or --eta, what was expected, what was given, and the remedy.
void validate(const SamplerOptions& options);

}  // namespace magicface::diffusion
