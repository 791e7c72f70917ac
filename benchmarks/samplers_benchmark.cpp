// SPDX-License-Identifier: Apache-2.0
// What a sampler itself costs in a step, without any network: 20 steps on latents of the published size.
#include <ATen/ATen.h>
#include <benchmark/benchmark.h>
#include <c10/core/InferenceMode.h>

#include "magicface/diffusion/guidance.hpp"
#include "magicface/diffusion/sample.hpp"

namespace {

using namespace magicface::diffusion;

constexpr int kSteps = 20;

void sampler(benchmark::State& state, SamplerKind kind) {
  const c10::InferenceMode inference;
  const auto batch = state.range(0);
  const auto walker = make_sampler({kind, kSteps, 0.0}, {});
  const auto output = at::full({batch, 4, 64, 64}, 0.1);
  for (auto _ : state) {
    BatchNoise noise(std::vector<std::uint64_t>(static_cast<std::size_t>(batch), 1));
    const auto start = noise.draw({1, 4, 64, 64});
    const auto result = sample(*walker, start, noise, [&](const at::Tensor&, double) { return output; }, {});
    benchmark::DoNotOptimize(result.data_ptr());
  }
  state.counters["per_step"] =
      benchmark::Counter(kSteps, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void guidance(benchmark::State& state) {
  const c10::InferenceMode inference;
  const auto a = at::full({state.range(0), 4, 64, 64}, 0.1), b = at::full({state.range(0), 4, 64, 64}, 0.2);
  for (auto _ : state) benchmark::DoNotOptimize(guide(a, b, 1.5).data_ptr());
}

}  // namespace

BENCHMARK_CAPTURE(sampler, unipc, SamplerKind::unipc)->Arg(1)->Arg(4)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(sampler, ddim, SamplerKind::ddim)->Arg(1)->Arg(4)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(sampler, ddpm, SamplerKind::ddpm)->Arg(1)->Arg(4)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(sampler, dpmpp_2m, SamplerKind::dpmpp_2m)->Arg(1)->Arg(4)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(sampler, euler, SamplerKind::euler)->Arg(1)->Arg(4)->Unit(benchmark::kMicrosecond);
BENCHMARK(guidance)->Arg(1)->Arg(4)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(sampler, smoke, SamplerKind::ddim)->Arg(1)->Unit(benchmark::kMicrosecond);
