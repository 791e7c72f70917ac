// SPDX-License-Identifier: Apache-2.0
// LibTorch's attention and the plain products at the shapes of the published denoiser (batch 2: both guidance branches,
// 8 heads) and of the embedded bundle; the counter is FLOP/s.
#include <ATen/ATen.h>
#include <benchmark/benchmark.h>
#include <c10/core/InferenceMode.h>

#include <cmath>

namespace {

constexpr int kBatch = 2;

/// tokens that ask, tokens that are asked (own and reference), heads, channels of a head
using Shape = benchmark::State;

struct Tensors {
  at::Tensor query, key, value;
  double flops;
};

Tensors tensors_of(const Shape& state, at::ScalarType dtype) {
  const auto own = state.range(0), all = state.range(1), heads = state.range(2), width = state.range(3);
  const auto options = at::TensorOptions().dtype(dtype);
  return {at::full({kBatch, heads, own, width}, 0.1, options), at::full({kBatch, heads, all, width}, 0.1, options),
          at::full({kBatch, heads, all, width}, 0.1, options),
          4.0 * kBatch * static_cast<double>(heads * own * all * width)};
}

template <typename Attend>
void run(benchmark::State& state, at::ScalarType dtype, const Attend& attend) {
  const c10::InferenceMode inference;
  const auto tensors = tensors_of(state, dtype);
  for (auto _ : state) benchmark::DoNotOptimize(attend(tensors).data_ptr());
  state.counters["FLOPS"] = benchmark::Counter(tensors.flops, benchmark::Counter::kIsIterationInvariantRate);
}

at::Tensor fused(const Tensors& tensors) {
  return at::scaled_dot_product_attention(tensors.query, tensors.key, tensors.value);
}

at::Tensor plain(const Tensors& tensors) {
  const double scale = 1 / std::sqrt(static_cast<double>(tensors.query.size(3)));
  return at::matmul(at::matmul(tensors.query * scale, tensors.key.transpose(2, 3)).softmax(3), tensors.value);
}

void fused_float32(benchmark::State& state) { run(state, at::kFloat, fused); }
void fused_bfloat16(benchmark::State& state) { run(state, at::kBFloat16, fused); }
void plain_float32(benchmark::State& state) { run(state, at::kFloat, plain); }
void plain_bfloat16(benchmark::State& state) { run(state, at::kBFloat16, plain); }

void published_shapes(benchmark::internal::Benchmark* one) {
  one->ArgNames({"own", "all", "heads", "width"})->Unit(benchmark::kMillisecond);
  for (const auto& [tokens, width] : {std::pair{4096, 40}, {1024, 80}, {256, 160}, {64, 160}}) {
    one->Args({tokens, 2 * tokens, 8, width});
  }
  one->Args({8192, 8192, 8, 40});  // what the published code asks at the largest map
}

void demo_shapes(benchmark::internal::Benchmark* one) {
  one->ArgNames({"own", "all", "heads", "width"})->Unit(benchmark::kMicrosecond);
  for (const auto& [tokens, width] : {std::pair{256, 32}, {64, 48}, {16, 64}})
    one->Args({tokens, 2 * tokens, 2, width});
}

}  // namespace

BENCHMARK(fused_float32)->Apply(published_shapes)->Apply(demo_shapes);
BENCHMARK(fused_bfloat16)->Apply(published_shapes)->Apply(demo_shapes);
BENCHMARK(plain_float32)->Apply(published_shapes)->Apply(demo_shapes);
BENCHMARK(plain_bfloat16)->Apply(published_shapes)->Apply(demo_shapes);
BENCHMARK(fused_float32)->Name("smoke")->Args({16, 32, 2, 8});
