// SPDX-License-Identifier: Apache-2.0
// Every sampler against numbers from the published implementations, for every stored number of steps.
#include <gtest/gtest.h>

#include <tuple>

#include "reference.hpp"
#include "toy.hpp"

namespace magicface::diffusion::testing {
namespace {

struct Case {
  const char* stored;  // name in the reference files
  SamplerKind kind;
  double eta;
};

constexpr Case kCases[] = {{"unipc", SamplerKind::unipc, 0},       {"ddim", SamplerKind::ddim, 0},
                           {"ddim_eta1", SamplerKind::ddim, 1},    {"ddpm", SamplerKind::ddpm, 0},
                           {"dpmpp_2m", SamplerKind::dpmpp_2m, 0}, {"euler", SamplerKind::euler, 0}};

constexpr double kTolerance = 1e-4;
// float32 rounds x_0 = (x - sigma eps) / alpha, which a small alpha magnifies; in units of the largest value.
constexpr double kTolerance32 = 1e-4;

class SamplerReference : public ::testing::TestWithParam<std::tuple<std::string, Case>> {
 protected:
  SamplerReference() : reference(std::get<0>(GetParam())), which(std::get<1>(GetParam())) {
    config.prediction_type = prediction_type_from_name(std::get<0>(GetParam()));
  }

  std::vector<at::Tensor> run(int steps, at::ScalarType dtype) const {
    const auto abc = reference.get("eps_coefficients");
    const auto network = sine_network(abc[0].item<double>(), abc[1].item<double>(), abc[2].item<double>());
    const auto sampler = make_sampler({which.kind, steps, which.eta}, config);
    return trajectory(*sampler, reference.get("initial_noise").to(dtype), reference.get("step_noise").to(dtype),
                      network);
  }

  std::string key(int steps, const char* what) const {
    return std::string(which.stored) + "_" + std::to_string(steps) + "_" + what;
  }

  /// The largest difference to what is stored for `steps`, every stored sample counted.
  double deviation(int steps, at::ScalarType dtype) const {
    const auto samples = run(steps, dtype);
    if (!reference.contains(key(steps, "trajectory"))) {
      return largest_difference(samples.back(), reference.get(key(steps, "final")));
    }
    const auto stored = reference.get(key(steps, "trajectory"));
    EXPECT_EQ(stored.size(0), steps);
    return largest_difference(at::stack(samples), stored);
  }

  Reference reference;
  Case which;
  NoiseScheduleConfig config;
};

TEST_P(SamplerReference, SamplesAgreeInDouble) {
  const auto counts = reference.step_counts(which.stored);
  ASSERT_EQ(counts.size(), 14U);
  double largest = 0;
  for (const int steps : counts) {
    const double difference = deviation(steps, at::kDouble);
    EXPECT_LT(difference, kTolerance) << steps << " steps";
    largest = std::max(largest, difference);
  }
  RecordProperty("largest_deviation", std::to_string(largest * 1e6) + "e-6");
}

TEST_P(SamplerReference, SamplesAgreeInSinglePrecision) {
  double largest = 0;
  for (const int steps : reference.step_counts(which.stored)) {
    const auto samples = at::stack(run(steps, at::kFloat));
    EXPECT_EQ(samples.scalar_type(), at::kFloat);
    const double scale = std::max(1.0, samples.abs().max().item<double>());
    const double difference = deviation(steps, at::kFloat) / scale;
    EXPECT_LT(difference, kTolerance32) << steps << " steps";
    largest = std::max(largest, difference);
  }
  RecordProperty("largest_deviation", std::to_string(largest * 1e6) + "e-6");
}

TEST_P(SamplerReference, TimestepsAgree) {
  for (const int steps : reference.step_counts(which.stored)) {
    const auto timesteps = make_sampler({which.kind, steps, which.eta}, config)->timesteps();
    EXPECT_LT(largest_difference(at::tensor(timesteps, at::kDouble), reference.get(key(steps, "timesteps"))), 1e-4)
        << steps << " steps";
  }
}

INSTANTIATE_TEST_SUITE_P(Published, SamplerReference,
                         ::testing::Combine(::testing::Values("epsilon", "v_prediction"), ::testing::ValuesIn(kCases)),
                         [](const auto& instance) {
                           return std::get<0>(instance.param) + "_" + std::get<1>(instance.param).stored;
                         });

}  // namespace
}  // namespace magicface::diffusion::testing
