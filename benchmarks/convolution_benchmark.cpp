// SPDX-License-Identifier: Apache-2.0
// 3 x 3 convolutions of Stable Diffusion 1.5's denoiser on both guidance branches: LibTorch's, and Winograd's
// (src/models/winograd.hpp). GFLOP/s are those of the plain convolution in both, so that they compare.
#include <ATen/ATen.h>
#include <benchmark/benchmark.h>
#include <c10/core/InferenceMode.h>

#include "../src/models/winograd.hpp"

namespace {

using magicface::models::winograd_convolution;
using magicface::models::winograd_weight;

struct Layer {
  at::Tensor input, weight, bias;

  explicit Layer(const benchmark::State& state) {
    const auto in = state.range(0), out = state.range(1), side = state.range(2);
    input = at::randn({2, in, side, side}).contiguous(at::MemoryFormat::ChannelsLast);
    weight = at::randn({out, in, 3, 3}).contiguous(at::MemoryFormat::ChannelsLast);
    bias = at::randn({out});
  }
};

void measure(benchmark::State& state, const auto& convolve) {
  for (auto _ : state) benchmark::DoNotOptimize(convolve());
  const auto products = 9.0 * 2 * state.range(0) * state.range(1) * state.range(2) * state.range(2);
  state.counters["FLOP"] = benchmark::Counter(2 * products, benchmark::Counter::kIsIterationInvariantRate);
}

void plain(benchmark::State& state) {
  const c10::InferenceMode inference;
  const Layer layer(state);
  measure(state, [&] { return at::conv2d(layer.input, layer.weight, layer.bias, 1, 1); });
}

void winograd(benchmark::State& state) {
  const c10::InferenceMode inference;
  const Layer layer(state);
  const auto weight = winograd_weight(layer.weight);
  measure(state, [&] { return winograd_convolution(layer.input, weight, layer.bias); });
}

void shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"in", "out", "side"})->UseRealTime()->Unit(benchmark::kMillisecond);
  benchmark->Args({320, 320, 64})->Args({640, 640, 32})->Args({1280, 1280, 16})->Args({2560, 1280, 16});
  benchmark->Args({1280, 1280, 8})->Args({2560, 1280, 8});
}

BENCHMARK(plain)->Apply(shapes);
BENCHMARK(winograd)->Apply(shapes);
BENCHMARK(winograd)->Name("smoke")->Args({16, 16, 4});

}  // namespace
