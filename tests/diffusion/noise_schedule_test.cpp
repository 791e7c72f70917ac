// SPDX-License-Identifier: Apache-2.0
// Expected numbers: NumPy in double precision, cumprod(1 - beta).
#include "magicface/diffusion/noise_schedule.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "magicface/core/error.hpp"

namespace magicface::diffusion {
namespace {

TEST(NoiseSchedule, StableDiffusionTables) {
  const NoiseSchedule schedule{NoiseScheduleConfig()};
  ASSERT_EQ(schedule.betas().size(), 1000U);
  ASSERT_EQ(schedule.alphas_cumprod().size(), 1000U);
  EXPECT_NEAR(schedule.betas()[0], 0.00085, 1e-15);
  EXPECT_NEAR(schedule.betas()[1], 0.0008546986554056862, 1e-15);
  EXPECT_NEAR(schedule.betas()[500], 0.00481495414171188, 1e-15);
  EXPECT_NEAR(schedule.betas()[999], 0.012, 1e-15);
  EXPECT_NEAR(schedule.alphas_cumprod()[0], 0.99915, 1e-12);
  EXPECT_NEAR(schedule.alphas_cumprod()[500], 0.2763326838229746, 1e-12);
  EXPECT_NEAR(schedule.alphas_cumprod()[999], 0.004660098513077238, 1e-12);
  EXPECT_NEAR(schedule.sigmas()[0], 0.029167158151720367, 1e-12);
  EXPECT_NEAR(schedule.sigmas()[999], 14.614641229333639, 1e-10);
}

TEST(NoiseSchedule, LinearTables) {
  NoiseScheduleConfig config;
  config.beta_start = 0.0001;
  config.beta_end = 0.02;
  config.beta_schedule = BetaSchedule::linear;
  const NoiseSchedule schedule(config);
  EXPECT_NEAR(schedule.betas()[500], 0.010059959959959959, 1e-15);
  EXPECT_NEAR(schedule.alphas_cumprod()[500], 0.07779665836502389, 1e-12);
  EXPECT_NEAR(schedule.alphas_cumprod()[999], 4.035829765375676e-05, 1e-14);
}

TEST(NoiseSchedule, SigmaBetweenTimesteps) {
  const NoiseSchedule schedule{NoiseScheduleConfig()};
  const auto& sigmas = schedule.sigmas();
  EXPECT_EQ(schedule.sigma_at(0), sigmas[0]);
  EXPECT_EQ(schedule.sigma_at(999), sigmas[999]);
  EXPECT_NEAR(schedule.sigma_at(499.25), 0.75 * sigmas[499] + 0.25 * sigmas[500], 1e-14);
  EXPECT_EQ(schedule.sigma_at(-3), sigmas[0]);
  EXPECT_EQ(schedule.sigma_at(2000), sigmas[999]);
}

TEST(NoiseSchedule, RefusesImpossibleSettings) {
  const std::vector<std::function<void(NoiseScheduleConfig&)>> mistakes = {
      [](auto& c) { c.train_timesteps = 1; },
      [](auto& c) { c.beta_start = 0; },
      [](auto& c) { c.beta_start = 0.5; },
      [](auto& c) { c.beta_end = 1; },
      [](auto& c) { c.steps_offset = -1; },
      [](auto& c) { c.steps_offset = 1000; },
      [](auto& c) { c.beta_end = std::numeric_limits<double>::quiet_NaN(); }};
  for (const auto& mistake : mistakes) {
    NoiseScheduleConfig config;
    mistake(config);
    EXPECT_THROW(NoiseSchedule{config}, UsageError);
  }
}

TEST(NoiseSchedule, Names) {
  EXPECT_EQ(beta_schedule_from_name("linear"), BetaSchedule::linear);
  EXPECT_EQ(beta_schedule_from_name("scaled_linear"), BetaSchedule::scaled_linear);
  EXPECT_EQ(prediction_type_from_name("epsilon"), PredictionType::epsilon);
  EXPECT_EQ(prediction_type_from_name("v_prediction"), PredictionType::v_prediction);
  EXPECT_EQ(prediction_type_from_name("sample"), PredictionType::sample);
  EXPECT_THROW(beta_schedule_from_name("squaredcos_cap_v2"), UsageError);
  try {
    prediction_type_from_name("vprediction");
    FAIL() << "accepted";
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(),
                 "prediction_type: expected one of epsilon, v_prediction, sample; got 'vprediction'; "
                 "did you mean 'v_prediction'?");
  }
}

}  // namespace
}  // namespace magicface::diffusion
