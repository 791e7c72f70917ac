// SPDX-License-Identifier: Apache-2.0
#include "magicface/diffusion/guidance.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace magicface::diffusion {
namespace {

TEST(Guidance, GoesFromUnconditionalThroughConditional) {
  const auto unconditional = at::tensor({1.0, -2.0, 0.5}, at::kDouble);
  const auto conditional = at::tensor({2.0, -2.0, 0.0}, at::kDouble);
  EXPECT_TRUE(at::equal(guide(unconditional, conditional, 0), unconditional));
  EXPECT_TRUE(at::equal(guide(unconditional, conditional, 1), conditional));
  EXPECT_TRUE(at::equal(guide(unconditional, conditional, 1.5), at::tensor({2.5, -2.0, -0.25}, at::kDouble)));
}

TEST(Guidance, KeepsArgumentsAndDtype) {
  const auto unconditional = at::ones({2, 4, 3, 3});
  const auto conditional = at::zeros({2, 4, 3, 3});
  EXPECT_EQ(guide(unconditional, conditional, 7.5).scalar_type(), at::kFloat);
  EXPECT_TRUE(at::equal(unconditional, at::ones({2, 4, 3, 3})));
  EXPECT_TRUE(at::equal(conditional, at::zeros({2, 4, 3, 3})));
}

}  // namespace
}  // namespace magicface::diffusion
