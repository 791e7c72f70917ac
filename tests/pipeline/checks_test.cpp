// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include "magicface/core/error.hpp"
#include "magicface/pipeline/engine.hpp"

namespace magicface::pipeline {
namespace {

std::string complaint_about(const SamplingOptions& sampling) {
  try {
    check_sampling(sampling, models::Manifest{});
  } catch (const UsageError& problem) {
    return problem.what();
  }
  return "none";
}

TEST(CheckSampling, TheBundlesDefaultsPass) { EXPECT_EQ(complaint_about({}), "none"); }

/// The defaults with one change.
template <typename Change>
SamplingOptions with(Change change) {
  SamplingOptions sampling;
  change(sampling);
  return sampling;
}

TEST(CheckSampling, NamesTheFlag) {
  using S = SamplingOptions;
  const auto names = [](const SamplingOptions& sampling, const char* flag) {
    return complaint_about(sampling).find(flag) != std::string::npos;
  };
  EXPECT_TRUE(names(with([](S& s) { s.steps = 0; }), "--steps"));
  EXPECT_TRUE(names(with([](S& s) { s.steps = 1000; }), "--steps"));
  EXPECT_TRUE(names(with([](S& s) { s.sampler = "ddin"; }), "ddim"));
  EXPECT_TRUE(names(with([](S& s) {
                      s.sampler = "unipc";
                      s.eta = 0.5;
                    }),
                    "--eta"));
  EXPECT_TRUE(names(with([](S& s) { s.guidance = -1; }), "--guidance"));
  EXPECT_TRUE(names(with([](S& s) { s.noise_scale = -0.1; }), "--noise-scale"));
  EXPECT_TRUE(names(with([](S& s) { s.noise_scale = 2.1; }), "--noise-scale"));
  EXPECT_TRUE(names(with([](S& s) { s.guidance = std::numeric_limits<double>::quiet_NaN(); }), "--guidance"));
}

TEST(CheckCompute, NamesTheFlag) {
  const auto complaint = [](const char* device, int threads, int batch_size) -> std::string {
    try {
      check_compute({device, "auto", threads, batch_size});
    } catch (const UsageError& problem) {
      return problem.what();
    }
    return "none";
  };
  EXPECT_EQ(complaint("cpu", 0, 1), "none");
  EXPECT_NE(complaint("cpu", 0, 0).find("--batch-size"), std::string::npos);
  EXPECT_NE(complaint("cpu", -1, 1).find("--threads"), std::string::npos);
  EXPECT_NE(complaint("gpu", 0, 1).find("--device"), std::string::npos);
}

TEST(CheckCompute, GraphsNeedAGpu) {
  ComputeOptions compute;
  compute.device = "cpu";
  compute.cuda_graphs = true;
  try {
    check_compute(compute);
    FAIL();
  } catch (const UsageError& problem) {
    EXPECT_STREQ(problem.what(), "--cuda-graphs: expected a CUDA device, got the CPU; leave it out");
  }
}

}  // namespace
}  // namespace magicface::pipeline
