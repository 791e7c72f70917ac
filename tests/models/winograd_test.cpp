// SPDX-License-Identifier: Apache-2.0
#include "../../src/models/winograd.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <tuple>

namespace magicface::models {
namespace {

using Shape = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t>;  // B, C, K, H, W

class Winograd : public testing::TestWithParam<Shape> {};

TEST_P(Winograd, IsTheConvolution) {
  const auto [batch, in, out, height, width] = GetParam();
  at::manual_seed(5);
  // Small integers: no rounding anywhere (a quarter of a tap divisible by 4 is whole), so that equal means equal.
  const auto input = at::randint(-8, 9, {batch, in, height, width}).to(at::kFloat);
  const auto weight = 4 * at::randint(-3, 4, {out, in, 3, 3}).to(at::kFloat),
             bias = at::randint(-9, 10, {out}).to(at::kFloat);
  const auto expected = at::conv2d(input, weight, bias, 1, 1);
  const auto result = winograd_convolution(input, winograd_weight(weight), bias);
  EXPECT_TRUE(at::equal(result, expected));
  EXPECT_TRUE(at::equal(winograd_convolution(input, winograd_weight(weight), {}), at::conv2d(input, weight, {}, 1, 1)));
}

// Even, odd, smaller than a tile, several portions, more pictures than one.
INSTANTIATE_TEST_SUITE_P(Shapes, Winograd,
                         testing::Values(Shape{1, 16, 16, 8, 8}, Shape{2, 32, 16, 7, 9}, Shape{1, 16, 48, 1, 1},
                                         Shape{3, 16, 16, 2, 5}, Shape{2, 512, 512, 20, 17}));

TEST(Winograd, RoundsAboutAsThePlainOne) {
  at::manual_seed(6);
  const auto input = at::randn({1, 256, 32, 32}), weight = at::randn({256, 256, 3, 3});
  const auto exact = at::conv2d(input.to(at::kDouble), weight.to(at::kDouble), {}, 1, 1);
  const auto rounding = [&](const at::Tensor& result) {
    return (result.to(at::kDouble) - exact).square().mean().sqrt().item<double>();
  };
  EXPECT_LE(rounding(winograd_convolution(input, winograd_weight(weight), {})),
            4 * rounding(at::conv2d(input, weight, {}, 1, 1)));
}

}  // namespace
}  // namespace magicface::models
