// SPDX-License-Identifier: Apache-2.0
#include "../../src/models/prepared_convolution.hpp"

#include <gtest/gtest.h>
#include <torch/script.h>

#include "magicface/models/arithmetic.hpp"
#include "magicface/models/compute.hpp"

namespace magicface::models {
namespace {

/// A layer as TorchScript saves a torch.nn.Conv2d: stride and padding stand in its code.
torch::jit::Module layer(const char* kind, std::int64_t channels, int stride, at::ScalarType dtype = at::kFloat,
                         int padding = 1, int kernel = 3) {
  at::manual_seed(3);  // the same weights every time
  torch::jit::Module module(c10::QualifiedName(std::string("__torch__.torch.nn.modules.conv.") + kind));
  module.register_parameter("weight", at::randn({channels, channels, kernel, kernel}).to(dtype), false);
  module.register_parameter("bias", at::randn({channels}).to(dtype), false);
  const auto twice = [](int value) { return "[" + std::to_string(value) + ", " + std::to_string(value) + "]"; };
  module.define("def forward(self, x):\n    return torch.conv2d(x, self.weight, self.bias, " + twice(stride) + ", " +
                twice(padding) + ", [1, 1], 1)\n");
  return module;
}

at::Tensor run(torch::jit::Module& module, const at::Tensor& x) { return module.forward({x}).toTensor(); }

TEST(PreparedConvolution, ComputesWhatThePlainOneDoes) {
  if (!at::hasMKLDNN()) GTEST_SKIP() << "LibTorch without oneDNN";
  const c10::InferenceMode inference;
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    if (dtype == at::kBFloat16 && !has_bfloat16()) continue;
    for (const int stride : {1, 2}) {
      auto original = layer("Conv2d", 256, stride, dtype), module = layer("Conv2d", 256, stride, dtype);
      const auto x = at::randn({2, 256, 9, 7}).to(dtype).contiguous(at::MemoryFormat::ChannelsLast);
      const auto plain = run(original, x);
      prepare_convolutions(module, false);
      EXPECT_TRUE(module.attr("weight").toTensor().is_mkldnn());
      const auto packed = run(module, x);
      ASSERT_EQ(packed.sizes(), plain.sizes());
      EXPECT_FALSE(packed.is_mkldnn()) << "maps stay plain tensors";
      const double limit = (dtype == at::kFloat ? 1e-5 : 2e-2) * plain.to(at::kFloat).abs().max().item<double>();
      EXPECT_LE((packed - plain).to(at::kFloat).abs().max().item<double>(), limit);
    }
  }
}

TEST(PreparedConvolution, IsWinogradsWhereThereIsRoomAndTheLayerIsPlain) {
  const c10::InferenceMode inference;
  auto original = layer("Conv2d", 256, 1), module = layer("Conv2d", 256, 1);
  prepare_convolutions(module, true);
  EXPECT_EQ(module.attr("weight").toTensor().sizes(), (std::vector<std::int64_t>{16, 256, 256}));
  const auto x = at::randn({2, 256, 9, 7});
  const auto plain = run(original, x);
  EXPECT_LE((run(module, x) - plain).abs().max().item<double>(), 1e-5 * plain.abs().max().item<double>());

  auto strided = layer("Conv2d", 256, 2), unpadded = layer("Conv2d", 256, 1, at::kFloat, 0),
       narrow = layer("Conv2d", 256, 1, at::kBFloat16);
  for (auto* other : {&strided, &unpadded, &narrow}) {
    prepare_convolutions(*other, true);
    EXPECT_EQ(other->attr("weight").toTensor().dim(), 4);
  }
}

TEST(PreparedConvolution, WinogradsMultiplicationsAreCounted) {
  const c10::InferenceMode inference;
  auto module = layer("Conv2d", 256, 1);
  prepare_convolutions(module, true);
  const FlopCounter counter;
  const auto results = run(module, at::randn({2, 256, 8, 8})).numel();
  EXPECT_EQ(counter.flops(), 2.0 * 4 * 256 * static_cast<double>(results)) << "four of nine per result and channel";
}

TEST(PreparedConvolution, LeavesSmallWeightsOtherLayersAndPointsAlone) {
  const c10::InferenceMode inference;
  auto small = layer("Conv2d", 32, 1), other = layer("SomethingElse", 256, 1),
       point = layer("Conv2d", 1024, 1, at::kFloat, 0, 1);
  for (auto* module : {&small, &other, &point}) {
    prepare_convolutions(*module, true);
    const auto weight = module->attr("weight").toTensor();
    EXPECT_TRUE(weight.dim() == 4 && !weight.is_mkldnn());
  }
}

}  // namespace
}  // namespace magicface::models
