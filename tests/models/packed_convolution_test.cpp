// SPDX-License-Identifier: Apache-2.0
#include "../../src/models/packed_convolution.hpp"

#include <gtest/gtest.h>
#include <torch/script.h>

#include "magicface/models/compute.hpp"

namespace magicface::models {
namespace {

/// A layer as TorchScript saves a torch.nn.Conv2d.
torch::jit::Module layer(const char* kind, std::int64_t channels, std::int64_t stride, at::ScalarType dtype = at::kFloat) {
  at::manual_seed(3);  // the same weights every time
  torch::jit::Module module(c10::QualifiedName(std::string("__torch__.torch.nn.modules.conv.") + kind));
  module.register_parameter("weight", at::randn({channels, channels, 3, 3}).to(dtype), false);
  module.register_parameter("bias", at::randn({channels}).to(dtype), false);
  module.register_attribute("stride", c10::IntType::get(), stride);
  module.define("def forward(self, x):\n    return torch.conv2d(x, self.weight, self.bias, [self.stride, self.stride], [1, 1], [1, 1], 1)\n");
  return module;
}

at::Tensor run(torch::jit::Module& module, const at::Tensor& x) { return module.forward({x}).toTensor(); }

TEST(PackedConvolution, ComputesWhatThePlainOneDoes) {
  if (!at::hasMKLDNN()) GTEST_SKIP() << "LibTorch without oneDNN";
  const c10::InferenceMode inference;
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    if (dtype == at::kBFloat16 && !has_bfloat16()) continue;
    for (const std::int64_t stride : {1, 2}) {
      auto original = layer("Conv2d", 256, stride, dtype), module = layer("Conv2d", 256, stride, dtype);
      const auto x = at::randn({2, 256, 9, 7}).to(dtype).contiguous(at::MemoryFormat::ChannelsLast);
      const auto plain = run(original, x);
      pack_convolutions(module);
      EXPECT_TRUE(module.attr("weight").toTensor().is_mkldnn());
      const auto packed = run(module, x);
      ASSERT_EQ(packed.sizes(), plain.sizes());
      EXPECT_FALSE(packed.is_mkldnn()) << "maps stay plain tensors";
      const double limit = (dtype == at::kFloat ? 1e-5 : 2e-2) * plain.to(at::kFloat).abs().max().item<double>();
      EXPECT_LE((packed - plain).to(at::kFloat).abs().max().item<double>(), limit);
    }
  }
}

TEST(PackedConvolution, LeavesSmallWeightsAndOtherLayersAlone) {
  const c10::InferenceMode inference;
  auto small = layer("Conv2d", 32, 1), other = layer("SomethingElse", 256, 1);
  pack_convolutions(small);
  pack_convolutions(other);
  EXPECT_FALSE(small.attr("weight").toTensor().is_mkldnn());
  EXPECT_FALSE(other.attr("weight").toTensor().is_mkldnn());
}

}  // namespace
}  // namespace magicface::models
