// SPDX-License-Identifier: Apache-2.0
#include "magicface/models/compute.hpp"

#include <ATen/Context.h>
#include <gtest/gtest.h>

#include "magicface/core/error.hpp"

namespace magicface::models {
namespace {

TEST(Compute, TheCpuComputesInFloat32UnlessAsked) {
  EXPECT_EQ(describe_dtype(resolve_placement("cpu", "auto")), "float32");
  EXPECT_EQ(describe_dtype(resolve_placement("cpu", "bfloat16")), "bfloat16");
  EXPECT_EQ(describe_device(resolve_placement("cpu", "auto")), "cpu");
}

TEST(Compute, RefusesWhatIsNotThere) {
  EXPECT_THROW(resolve_placement("cpu", "float16"), UsageError);
  EXPECT_THROW(resolve_placement("tpu", "auto"), UsageError);
  EXPECT_THROW(resolve_placement("cuda:x", "auto"), UsageError);
  EXPECT_THROW(resolve_placement("cpu", "int8"), UsageError);
  if (!at::hasCUDA()) {
    EXPECT_THROW(resolve_placement("cuda", "auto"), UsageError);
  }
}

}  // namespace
}  // namespace magicface::models
