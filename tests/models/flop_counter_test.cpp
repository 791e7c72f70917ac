// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <gtest/gtest.h>

#include "magicface/models/arithmetic.hpp"

namespace magicface::models {
namespace {

/// What calling `work` costs.
template <typename Work>
double flops_of(const Work& work) {
  const FlopCounter counter;
  work();
  return counter.flops();
}

TEST(FlopCounter, CountsMatrixProductsOnce) {
  const auto a = at::ones({3, 5}), b = at::ones({5, 7});
  EXPECT_EQ(flops_of([&] { a.mm(b); }), 2 * 3 * 5 * 7);
  EXPECT_EQ(flops_of([&] { at::matmul(a, b); }), 2 * 3 * 5 * 7) << "matmul calls mm";
  EXPECT_EQ(flops_of([&] { at::linear(at::ones({2, 4, 5}), at::ones({7, 5}), at::ones({7})); }), 2 * 2 * 4 * 5 * 7);
  EXPECT_EQ(flops_of([&] { at::addmm(at::ones({7}), a, b); }), 2 * 3 * 5 * 7);
}

TEST(FlopCounter, CountsConvolutions) {
  const auto image = at::ones({2, 6, 8, 8});
  EXPECT_EQ(flops_of([&] { at::conv2d(image, at::ones({4, 6, 3, 3}), {}, 1, 1); }), 2.0 * 2 * 4 * 8 * 8 * 6 * 9);
  EXPECT_EQ(flops_of([&] {
              at::conv2d(image, at::ones({4, 6, 3, 3}), {}, 2, 1);
            }),
            2.0 * 2 * 4 * 4 * 4 * 6 * 9)
      << "stride";
  EXPECT_EQ(flops_of([&] {
              at::conv2d(image, at::ones({6, 1, 3, 3}), {}, 1, 1, 1, 6);
            }),
            2.0 * 2 * 6 * 8 * 8 * 9)
      << "groups";
}

TEST(FlopCounter, CountsAttentionHoweverItIsComputed) {
  const auto query = at::ones({2, 4, 10, 8}), key = at::ones({2, 4, 30, 8});
  const double expected = 2.0 * 2 * (2 * 4) * 10 * 30 * 8;
  EXPECT_EQ(flops_of([&] { at::scaled_dot_product_attention(query, key, key); }), expected);
  EXPECT_EQ(flops_of([&] { at::matmul(at::softmax(at::matmul(query, key.transpose(2, 3)), 3), key); }), expected);
}

TEST(FlopCounter, CountsCallsOfTorchScriptWithItsStackBelowThem) {
  const auto mm = c10::Dispatcher::singleton().findSchemaOrThrow("aten::mm", "");
  std::vector<c10::IValue> stack{at::ones({100, 100}), 7, at::ones({3, 5}), at::ones({5, 7})};
  EXPECT_EQ(flops_of([&] { mm.callBoxed(stack); }), 2 * 3 * 5 * 7);
  EXPECT_EQ(stack.back().toTensor().numel(), 3 * 7);
}

TEST(FlopCounter, CountsOnlyWhileItLives) {
  const auto a = at::ones({4, 4});
  a.mm(a);
  EXPECT_EQ(flops_of([] {}), 0);
  EXPECT_EQ(flops_of([&] { a.add(a).relu(); }), 0) << "elementwise operations are left out";
}

TEST(MatrixProductRate, IsARate) { EXPECT_GT(matrix_product_rate("cpu", "float32", 1), 1e8); }

TEST(PeakDeviceBytes, AreUnknownOnACpu) { EXPECT_FALSE(peak_device_bytes("cpu").has_value()); }

}  // namespace
}  // namespace magicface::models
