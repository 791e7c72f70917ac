// SPDX-License-Identifier: Apache-2.0
#include "magicface/diffusion/sampler.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "magicface/core/error.hpp"
#include "toy.hpp"

namespace magicface::diffusion {
namespace {

using testing::consistent_network;
using testing::largest_difference;
using testing::trajectory;

class EverySampler : public ::testing::TestWithParam<SamplerOptions> {
 protected:
  static std::unique_ptr<Sampler> make(int steps, PredictionType type = PredictionType::epsilon) {
    NoiseScheduleConfig config;
    config.prediction_type = type;
    return make_sampler({GetParam().kind, steps, GetParam().eta}, config);
  }

  at::Tensor start = NoiseSource(1).draw({1, 4, 4, 4}).to(at::kDouble);
  at::Tensor draws = NoiseSource(2).draw({999, 1, 4, 4, 4}).to(at::kDouble);
};

TEST_P(EverySampler, PredictionTypesGiveOneTrajectory) {
  for (const int steps : {1, 2, 5, 20}) {
    const auto expected =
        at::stack(trajectory(*make(steps), start, draws, consistent_network(PredictionType::epsilon)));
    for (const auto type : {PredictionType::v_prediction, PredictionType::sample}) {
      const auto actual = at::stack(trajectory(*make(steps, type), start, draws, consistent_network(type)));
      EXPECT_LT(largest_difference(actual, expected), 1e-9) << steps << " steps";
    }
  }
}

TEST_P(EverySampler, FewestAndMostStepsStayFinite) {
  for (const int steps : {1, 2, 3, 998, 999}) {
    for (const auto dtype : {at::kDouble, at::kFloat}) {
      const auto samples =
          trajectory(*make(steps), start.to(dtype), draws.to(dtype), consistent_network(PredictionType::epsilon));
      EXPECT_TRUE(at::isfinite(at::stack(samples)).all().item<bool>()) << steps << " steps";
    }
  }
}

TEST_P(EverySampler, RecoversAPointWhenTheNetworkKnowsIt) {
  // x_0 is always the same point, so every predicted_original is it; the last sample lies within the last noise level.
  const auto point = at::full({1, 4, 4, 4}, 0.25, at::kDouble);
  const auto sampler = make(20, PredictionType::sample);
  auto x = start * sampler->initial_sigma();
  for (int i = 0; i < sampler->steps(); ++i) {
    const auto noise = sampler->needs_noise(i) ? draws[i] : at::Tensor();
    const auto result = sampler->step(point, i, x, noise);
    EXPECT_LT(largest_difference(result.predicted_original, point), 1e-12);
    x = result.previous_sample;
  }
  EXPECT_LT(largest_difference(x, point), 0.2);
}

TEST_P(EverySampler, ScaledInputHasUnitVariance) {
  const auto sampler = make(10);
  const auto scaled = sampler->scale_model_input(start * sampler->initial_sigma(), 0);
  EXPECT_NEAR(scaled.std().item<double>(), start.std().item<double>(), 0.01);
}

TEST_P(EverySampler, LeavesItsArgumentsAlone) {
  const auto sampler = make(4);
  const auto output = start * 0.5;
  for (int i = 0; i < 4; ++i) {
    const auto x = start.clone();
    const auto noise = draws[i].clone();
    sampler->step(output, i, x, noise);
    EXPECT_TRUE(at::equal(x, start));
    EXPECT_TRUE(at::equal(output, start * 0.5));
    EXPECT_TRUE(at::equal(noise, draws[i]));
  }
}

TEST_P(EverySampler, RefusesStepsOutOfTurn) {
  const auto sampler = make(3);
  EXPECT_THROW(sampler->step(start, 1, start, start), std::logic_error);
  sampler->step(start, 0, start, start);
  EXPECT_THROW(sampler->step(start, 2, start, start), std::logic_error);
  EXPECT_THROW(sampler->step(start, -1, start, start), std::logic_error);
  sampler->step(start, 1, start, start);
  sampler->step(start, 2, start, start);
  EXPECT_THROW(sampler->step(start, 3, start, start), std::logic_error);
  EXPECT_NO_THROW(sampler->step(start, 0, start, start));  // anew
}

TEST_P(EverySampler, RefusesWrongShapes) {
  const auto sampler = make(3);
  EXPECT_THROW(sampler->step(start.narrow(1, 0, 3), 0, start, start), std::logic_error);
  if (!sampler->needs_noise(0)) return;
  EXPECT_THROW(sampler->step(start, 0, start, at::Tensor()), std::logic_error);
  EXPECT_THROW(sampler->step(start, 0, start, start.narrow(1, 0, 3)), std::logic_error);
}

INSTANTIATE_TEST_SUITE_P(All, EverySampler,
                         ::testing::Values(SamplerOptions{SamplerKind::unipc}, SamplerOptions{SamplerKind::ddim},
                                           SamplerOptions{SamplerKind::ddim, 50, 1.0},
                                           SamplerOptions{SamplerKind::ddpm}, SamplerOptions{SamplerKind::dpmpp_2m},
                                           SamplerOptions{SamplerKind::euler}),
                         [](const auto& instance) {
                           return std::string(name_of(instance.param.kind)) + (instance.param.eta > 0 ? "_eta1" : "");
                         });

TEST(Sampler, OnlyEulerScales) {
  const auto euler = make_sampler({SamplerKind::euler, 10, 0}, {});
  EXPECT_NEAR(euler->initial_sigma(), 14.6146, 1e-4);
  const auto x = at::ones({1, 1, 1, 1}, at::kDouble);
  EXPECT_NEAR(euler->scale_model_input(x, 0).item<double>(), 1 / std::sqrt(14.6146 * 14.6146 + 1), 1e-6);
  for (const auto kind : {SamplerKind::unipc, SamplerKind::ddim, SamplerKind::ddpm, SamplerKind::dpmpp_2m}) {
    const auto sampler = make_sampler({kind, 10, 0}, {});
    EXPECT_EQ(sampler->initial_sigma(), 1);
    EXPECT_TRUE(sampler->scale_model_input(x, 0).is_same(x));
  }
}

TEST(Sampler, WhoNeedsNoise) {
  EXPECT_FALSE(make_sampler({SamplerKind::unipc, 5, 0}, {})->needs_noise(0));
  EXPECT_FALSE(make_sampler({SamplerKind::ddim, 5, 0}, {})->needs_noise(4));
  EXPECT_TRUE(make_sampler({SamplerKind::ddim, 5, 0.1}, {})->needs_noise(4));
  EXPECT_TRUE(make_sampler({SamplerKind::ddpm, 5, 0}, {})->needs_noise(4));  // its last timestep is 1
  NoiseScheduleConfig no_offset;
  no_offset.steps_offset = 0;
  EXPECT_FALSE(make_sampler({SamplerKind::ddpm, 5, 0}, no_offset)->needs_noise(4));
}

TEST(Sampler, DdimGoesFromPointToPointInBothSpacings) {
  const auto original = at::full({1, 4, 2, 2}, 0.25, at::kDouble),
             epsilon = NoiseSource(3).draw({1, 4, 2, 2}).to(at::kDouble);
  for (const auto spacing : {TimestepSpacing::leading, TimestepSpacing::trailing}) {
    NoiseScheduleConfig config;
    config.prediction_type = PredictionType::sample;
    config.timestep_spacing = spacing;
    const NoiseSchedule schedule(config);
    const auto at_point = [&](double t) {
      const double signal = schedule.alphas_cumprod()[static_cast<std::size_t>(t)];
      return original * std::sqrt(signal) + epsilon * std::sqrt(1 - signal);
    };
    for (const int steps : {1, 4, 7}) {
      const auto sampler = make_sampler({SamplerKind::ddim, steps, 0}, config);
      auto x = at_point(sampler->timesteps().front());
      for (int i = 0; i < steps; ++i) {
        x = sampler->step(original, i, x, {}).previous_sample;
        const double next = i + 1 < steps ? sampler->timesteps()[static_cast<std::size_t>(i) + 1] : 0;
        EXPECT_LT(largest_difference(x, at_point(next)), 1e-12) << steps << " steps, step " << i;
      }
    }
  }
}

TEST(Sampler, MakeValidatesItsOptions) {
  EXPECT_THROW(make_sampler({SamplerKind::ddim, 0, 0}, {}), UsageError);
  EXPECT_THROW(make_sampler({SamplerKind::unipc, 5, 1}, {}), UsageError);
}

}  // namespace
}  // namespace magicface::diffusion
