// SPDX-License-Identifier: Apache-2.0
#include "magicface/diffusion/sample.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "magicface/core/error.hpp"
#include "toy.hpp"

namespace magicface::diffusion {
namespace {

using testing::exact_network;

const std::vector<SamplerOptions> kSamplers = {{SamplerKind::unipc, 6, 0},    {SamplerKind::ddim, 6, 0},
                                               {SamplerKind::ddim, 6, 0.7},   {SamplerKind::ddpm, 6, 0},
                                               {SamplerKind::dpmpp_2m, 6, 0}, {SamplerKind::euler, 6, 0}};

at::Tensor run(const SamplerOptions& options, const std::vector<std::uint64_t>& seeds, at::IntArrayRef item_shape) {
  BatchNoise noise(seeds);
  const auto start = noise.draw(item_shape);
  return sample(*make_sampler(options, {}), start, noise, exact_network(), {});
}

TEST(Sample, ABatchEqualsItsItemsBitByBit) {
  for (const auto& shape : std::vector<std::vector<std::int64_t>>{{1, 4, 8, 8}, {1, 4, 5, 7}, {1, 1, 1, 3}}) {
    for (const auto& options : kSamplers) {
      const auto batch = run(options, {5, 6, 7}, shape);
      ASSERT_EQ(batch.size(0), 3);
      for (int item = 0; item < 3; ++item) {
        const auto alone = run(options, {static_cast<std::uint64_t>(5 + item)}, shape);
        EXPECT_TRUE(at::equal(batch.narrow(0, item, 1), alone)) << name_of(options.kind) << " item " << item;
      }
    }
  }
}

TEST(Sample, RunsTwiceAlike) {
  for (const auto& options : kSamplers) {
    const auto sampler = make_sampler(options, {});
    std::vector<at::Tensor> results;
    for (int round = 0; round < 2; ++round) {
      BatchNoise noise({9});
      const auto start = noise.draw({1, 4, 4, 4});
      results.push_back(sample(*sampler, start, noise, exact_network(), {}));
    }
    EXPECT_TRUE(at::equal(results[0], results[1])) << name_of(options.kind);
  }
}

TEST(Sample, EqualsTheStepsByHand) {
  for (const auto& options : kSamplers) {
    const auto sampler = make_sampler(options, {});
    NoiseSource source(3);
    const auto start = source.draw({1, 4, 4, 4});
    std::vector<at::Tensor> draws;
    for (int i = 0; i < options.steps; ++i) draws.push_back(source.draw({1, 4, 4, 4}));
    const auto by_hand = testing::trajectory(*sampler, start, at::stack(draws), exact_network()).back();
    EXPECT_TRUE(at::equal(run(options, {3}, {1, 4, 4, 4}), by_hand)) << name_of(options.kind);
  }
}

TEST(Sample, ReportsEachFinishedStepInOrder) {
  BatchNoise noise({1});
  std::vector<int> seen;
  std::vector<double> timesteps;
  const auto sampler = make_sampler({SamplerKind::ddpm, 5, 0}, {});
  sample(
      *sampler, noise.draw({1, 4, 2, 2}), noise,
      [&](const at::Tensor& x, double t) {
        timesteps.push_back(t);
        EXPECT_EQ(timesteps.size(), seen.size() + 1);
        return exact_network()(x, t);
      },
      [&](int step, int steps) {
        seen.push_back(step);
        EXPECT_EQ(steps, 5);
      });
  EXPECT_EQ(seen, (std::vector<int>{1, 2, 3, 4, 5}));
  EXPECT_EQ(timesteps, sampler->timesteps());
}

TEST(Sample, StopsWhenOnStepThrows) {
  BatchNoise noise({1});
  int calls = 0;
  const auto sampler = make_sampler({}, {});
  const auto count = [&](const at::Tensor& x, double t) {
    ++calls;
    return exact_network()(x, t);
  };
  const auto stop_after_two = [](int step, int) {
    if (step == 2) throw Cancelled();
  };
  EXPECT_THROW(sample(*sampler, noise.draw({1, 4, 2, 2}), noise, count, stop_after_two), Cancelled);
  EXPECT_EQ(calls, 2);
  EXPECT_NO_THROW(sample(*sampler, noise.draw({1, 4, 2, 2}), noise, count, {}));  // the sampler is still usable
}

TEST(Sample, KeepsStartNoiseAndItsDtypeWhateverTheNetworkReturns) {
  for (const auto dtype : {at::kFloat, at::kDouble}) {
    BatchNoise noise({1});
    const auto start = noise.draw({1, 4, 2, 2}).to(dtype);
    const auto before = start.clone();
    const auto result =
        sample(*make_sampler({SamplerKind::ddpm, 3, 0}, {}), start, noise,
               [](const at::Tensor& x, double t) { return exact_network()(x, t).to(at::kBFloat16); }, {});
    EXPECT_EQ(result.scalar_type(), dtype);
    EXPECT_TRUE(at::equal(start, before));
  }
}

TEST(Sample, NeedsOneNoiseSourcePerItem) {
  BatchNoise noise({1});
  const auto start = at::zeros({2, 4, 2, 2});
  EXPECT_THROW(sample(*make_sampler({SamplerKind::ddpm, 3, 0}, {}), start, noise, exact_network(), {}),
               std::logic_error);
  EXPECT_NO_THROW(sample(*make_sampler({SamplerKind::ddim, 3, 0}, {}), start, noise, exact_network(), {}));
}

}  // namespace
}  // namespace magicface::diffusion
