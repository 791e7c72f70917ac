// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "magicface/core/error.hpp"
#include "magicface/diffusion/sampler.hpp"

namespace magicface::diffusion {
namespace {

using Timesteps = std::vector<double>;

Timesteps timesteps_of(SamplerKind kind, int steps, const NoiseScheduleConfig& config = {}) {
  return make_sampler({kind, steps, 0.0}, config)->timesteps();
}

TEST(Timesteps, LeadingSpacingOfDdimAndDdpm) {
  Timesteps expected;
  for (int t = 981; t >= 1; t -= 20) expected.push_back(t);
  EXPECT_EQ(timesteps_of(SamplerKind::ddim, 50), expected);
  EXPECT_EQ(timesteps_of(SamplerKind::ddpm, 50), expected);
}

TEST(Timesteps, TrailingSpacingBeginsAtTheLastTimestep) {
  NoiseScheduleConfig config;
  config.timestep_spacing = TimestepSpacing::trailing;
  for (const auto kind : {SamplerKind::ddim, SamplerKind::ddpm}) {
    EXPECT_EQ(timesteps_of(kind, 1, config), (Timesteps{999}));
    EXPECT_EQ(timesteps_of(kind, 4, config), (Timesteps{999, 749, 499, 249}));
    EXPECT_EQ(timesteps_of(kind, 6, config), (Timesteps{999, 832, 666, 499, 332, 166}));
  }
  // Samplers with a spacing of their own keep it.
  EXPECT_EQ(timesteps_of(SamplerKind::unipc, 50, config), timesteps_of(SamplerKind::unipc, 50));
}

TEST(Timesteps, ShiftGathersTrailingSpacingAtTheNoisyEnd) {
  NoiseScheduleConfig config;
  config.timestep_spacing = TimestepSpacing::trailing;
  config.timestep_shift = 4;  // a half becomes 4 / 2 / (1 + 3 / 2)
  for (const auto kind : {SamplerKind::ddim, SamplerKind::ddpm}) {
    EXPECT_EQ(timesteps_of(kind, 1, config), (Timesteps{999}));
    EXPECT_EQ(timesteps_of(kind, 2, config), (Timesteps{999, 799}));
    EXPECT_EQ(timesteps_of(kind, 4, config), (Timesteps{999, 922, 799, 570}));
  }
  EXPECT_EQ(timesteps_of(SamplerKind::euler, 5, config), timesteps_of(SamplerKind::euler, 5));
  config.timestep_shift = 0.5;
  EXPECT_THROW(timesteps_of(SamplerKind::ddim, 4, config), UsageError);
  config = {};
  config.timestep_shift = 2;  // leading spacing has nothing to shift
  EXPECT_THROW(timesteps_of(SamplerKind::ddim, 4, config), UsageError);
}

TEST(Timesteps, RoundedLinspaceOfUniPcAndDpmSolver) {
  for (const auto kind : {SamplerKind::unipc, SamplerKind::dpmpp_2m}) {
    const auto timesteps = timesteps_of(kind, 50);
    ASSERT_EQ(timesteps.size(), 50U);
    EXPECT_EQ(Timesteps(timesteps.begin(), timesteps.begin() + 2), (Timesteps{999, 979}));
    EXPECT_EQ(Timesteps(timesteps.begin() + 24, timesteps.begin() + 27), (Timesteps{519, 500, 480}));
    EXPECT_EQ(Timesteps(timesteps.end() - 2, timesteps.end()), (Timesteps{40, 20}));
    EXPECT_EQ(timesteps_of(kind, 2), (Timesteps{999, 500}));  // 499.5 goes to the even neighbour
  }
}

TEST(Timesteps, FractionalLinspaceOfEuler) {
  EXPECT_EQ(timesteps_of(SamplerKind::euler, 3), (Timesteps{999, 499.5, 0}));
  EXPECT_EQ(timesteps_of(SamplerKind::euler, 1), (Timesteps{0}));
}

TEST(Timesteps, FallStrictlyForEveryNumberOfSteps) {
  for (const auto kind :
       {SamplerKind::unipc, SamplerKind::ddim, SamplerKind::ddpm, SamplerKind::dpmpp_2m, SamplerKind::euler}) {
    for (const double shift : {0.0, 1.0, 4.0, 10.0}) {
      NoiseScheduleConfig config;
      if (shift > 0) {  // 0 stands for leading spacing, which has none
        config.timestep_spacing = TimestepSpacing::trailing;
        config.timestep_shift = shift;
      }
      for (int steps = 1; steps <= 999; ++steps) {
        const auto timesteps = timesteps_of(kind, steps, config);
        ASSERT_EQ(timesteps.size(), static_cast<std::size_t>(steps));
        ASSERT_LE(timesteps.front(), 999);
        ASSERT_GE(timesteps.back(), 0);
        for (std::size_t i = 1; i < timesteps.size(); ++i) ASSERT_LT(timesteps[i], timesteps[i - 1]);
      }
    }
  }
}

TEST(Timesteps, RefuseMoreStepsThanTheScheduleHas) {
  NoiseScheduleConfig shorter;
  shorter.train_timesteps = 100;
  for (const auto kind : {SamplerKind::unipc, SamplerKind::ddim, SamplerKind::ddpm, SamplerKind::dpmpp_2m}) {
    EXPECT_NO_THROW(make_sampler({kind, 99, 0.0}, shorter));
    EXPECT_THROW(make_sampler({kind, 100, 0.0}, shorter), UsageError);
    EXPECT_THROW(make_sampler({kind, 101, 0.0}, shorter), UsageError);
  }
}

TEST(Timesteps, StepsOffsetMovesLeadingSpacing) {
  NoiseScheduleConfig config;
  config.steps_offset = 0;
  EXPECT_EQ(timesteps_of(SamplerKind::ddim, 4, config), (Timesteps{750, 500, 250, 0}));
  config.steps_offset = 250;  // 750 + 250 is past the table
  EXPECT_THROW(timesteps_of(SamplerKind::ddim, 4, config), UsageError);
}

}  // namespace
}  // namespace magicface::diffusion
