// SPDX-License-Identifier: Apache-2.0
#include "magicface/diffusion/sampler_options.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "magicface/core/error.hpp"

namespace magicface::diffusion {
namespace {

std::string complaint(const SamplerOptions& options) {
  try {
    validate(options);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(SamplerOptions, NamesGoBothWays) {
  EXPECT_EQ(sampler_names(), (std::vector<std::string>{"unipc", "ddim", "ddpm", "dpmpp_2m", "euler"}));
  for (const auto& name : sampler_names()) EXPECT_EQ(name_of(sampler_from_name(name)), name);
}

TEST(SamplerOptions, UnknownNameSuggestsTheNearest) {
  try {
    sampler_from_name("dpmpp2m");
    FAIL() << "accepted";
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(),
                 "--sampler: expected one of unipc, ddim, ddpm, dpmpp_2m, euler; got 'dpmpp2m'; "
                 "did you mean 'dpmpp_2m'?");
  }
}

TEST(SamplerOptions, DefaultsAndLimitsAreValid) {
  EXPECT_EQ(complaint({}), "");
  EXPECT_EQ(complaint({SamplerKind::euler, 1, 0.0}), "");
  EXPECT_EQ(complaint({SamplerKind::ddpm, 999, 0.0}), "");
  EXPECT_EQ(complaint({SamplerKind::ddim, 50, 1.0}), "");
}

TEST(SamplerOptions, StepsOutOfRange) {
  for (const int steps : {-1, 0, 1000}) {
    const auto text = complaint({SamplerKind::unipc, steps, 0.0});
    EXPECT_TRUE(contains(text, "--steps: expected 1 to 999, got " + std::to_string(steps))) << text;
  }
}

TEST(SamplerOptions, EtaOutOfRange) {
  EXPECT_TRUE(contains(complaint({SamplerKind::ddim, 50, -0.1}), "--eta: expected 0 to 1, got -0.1"));
  EXPECT_TRUE(contains(complaint({SamplerKind::ddim, 50, 1.5}), "--eta: expected 0 to 1, got 1.5"));
  EXPECT_TRUE(contains(complaint({SamplerKind::ddim, 50, std::numeric_limits<double>::quiet_NaN()}), "--eta"));
}

TEST(SamplerOptions, EtaBelongsToDdim) {
  for (const auto kind : {SamplerKind::unipc, SamplerKind::ddpm, SamplerKind::dpmpp_2m, SamplerKind::euler}) {
    const auto text = complaint({kind, 50, 0.5});
    EXPECT_TRUE(contains(text, "--eta: expected 0 with --sampler " + std::string(name_of(kind)) + ", got 0.5")) << text;
    EXPECT_TRUE(contains(text, "choose --sampler ddim")) << text;
  }
}

}  // namespace
}  // namespace magicface::diffusion
