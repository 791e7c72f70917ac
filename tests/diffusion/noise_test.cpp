// SPDX-License-Identifier: Apache-2.0
// Expected numbers: torch.randn(shape, generator=torch.Generator('cpu').manual_seed(424)), PyTorch 2.13.
#include "magicface/diffusion/noise.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace magicface::diffusion {
namespace {

// Processors with wide vectors may differ in the last bit of a logarithm or a cosine.
constexpr double kTolerance = 1e-6;

double value(const at::Tensor& tensor, std::int64_t i) { return tensor.flatten()[i].item<double>(); }

TEST(NoiseSource, EqualsTorchForALatent) {
  NoiseSource source(424);
  const auto first = source.draw({1, 4, 16, 16});
  EXPECT_EQ(first.sizes(), (at::IntArrayRef{1, 4, 16, 16}));
  EXPECT_EQ(first.scalar_type(), at::kFloat);
  EXPECT_TRUE(first.device().is_cpu());
  EXPECT_NEAR(value(first, 0), 1.4405395984649658, kTolerance);
  EXPECT_NEAR(value(first, 1), -0.690295398235321, kTolerance);
  EXPECT_NEAR(value(first, 2), 0.00505040492862463, kTolerance);
  EXPECT_NEAR(value(first, 15), -0.6652979850769043, kTolerance);
  EXPECT_NEAR(value(first, 16), 1.9032208919525146, kTolerance);
  EXPECT_NEAR(value(first, 511), 0.8817719221115112, kTolerance);
  EXPECT_NEAR(value(first, 1023), -0.6129080057144165, kTolerance);
  EXPECT_NEAR(first.to(at::kDouble).sum().item<double>(), 49.39858209979866, 1e-4);

  const auto second = source.draw({1, 4, 16, 16});  // the generator goes on
  EXPECT_NEAR(value(second, 0), -0.19873659312725067, kTolerance);
  EXPECT_NEAR(value(second, 1), -0.1513785868883133, kTolerance);
  EXPECT_NEAR(value(second, 1023), 0.2837252914905548, kTolerance);
}

TEST(NoiseSource, EqualsTorchBelowSixteenValues) {  // drawn in pairs, another path of the generator
  NoiseSource source(424);
  const auto first = source.draw({1, 1, 3, 4});
  EXPECT_NEAR(value(first, 0), -0.4890182614326477, kTolerance);
  EXPECT_NEAR(value(first, 1), -1.435208797454834, kTolerance);
  EXPECT_NEAR(value(first, 11), -1.850943922996521, kTolerance);
  const auto second = source.draw({1, 1, 3, 4});
  EXPECT_NEAR(value(second, 0), -0.6171095967292786, kTolerance);
  EXPECT_NEAR(value(second, 11), -0.6221264004707336, kTolerance);
}

TEST(NoiseSource, EqualsTorchWhenTheLastSixteenOverlap) {  // 21 values: the tail is drawn again
  const auto noise = NoiseSource(424).draw({1, 1, 1, 21});
  EXPECT_NEAR(value(noise, 0), 1.4405395984649658, kTolerance);
  EXPECT_NEAR(value(noise, 4), -0.5244927406311035, kTolerance);
  EXPECT_NEAR(value(noise, 5), 0.7262848019599915, kTolerance);
  EXPECT_NEAR(value(noise, 20), -1.2023344039916992, kTolerance);
}

TEST(NoiseSource, ReadsTheLowerHalfOfASeed) {
  const std::vector<std::int64_t> shape = {1, 4, 2, 2};
  EXPECT_TRUE(at::equal(NoiseSource(7).draw(shape), NoiseSource(7 + (std::uint64_t{1} << 32)).draw(shape)));
  EXPECT_FALSE(at::equal(NoiseSource(7).draw(shape), NoiseSource(8).draw(shape)));
}

TEST(BatchNoise, AnItemsDrawsDontDependOnItsBatch) {
  for (const auto& shape : std::vector<std::vector<std::int64_t>>{{1, 4, 8, 8}, {1, 1, 1, 3}}) {
    BatchNoise batch({11, 22, 33});
    BatchNoise alone({22});
    ASSERT_EQ(batch.size(), 3U);
    for (int draw = 0; draw < 3; ++draw) {
      const auto together = batch.draw(shape);
      EXPECT_EQ(together.size(0), 3);
      EXPECT_TRUE(at::equal(together.narrow(0, 1, 1), alone.draw(shape)));
    }
  }
}

TEST(BatchNoise, NeedsASeed) { EXPECT_THROW(BatchNoise({}), std::logic_error); }

}  // namespace
}  // namespace magicface::diffusion
