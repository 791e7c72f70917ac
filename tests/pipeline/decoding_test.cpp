// SPDX-License-Identifier: Apache-2.0
#include "decoding.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace magicface::pipeline {
namespace {

/// A decoder that needs no surroundings: every cell becomes 2 x 2 pixels. It has memory for `cells` cells at once.
struct SmallDecoder {
  std::int64_t cells;
  std::vector<std::int64_t> asked{};  ///< cells of every call

  at::Tensor operator()(const at::Tensor& latents) {
    asked.push_back(latents.size(0) * latents.size(2) * latents.size(3));
    if (asked.back() > cells) throw std::runtime_error("DefaultCPUAllocator: can't allocate memory");
    return latents.narrow(1, 0, 3).repeat_interleave(2, 2).repeat_interleave(2, 3);
  }
};

at::Tensor some_latents(std::int64_t rows, std::int64_t height, std::int64_t width) {
  return at::arange(rows * 4 * height * width, at::kFloat).reshape({rows, 4, height, width}).sin();
}

at::Tensor whole(const at::Tensor& latents) { return SmallDecoder{1 << 20}(latents); }

TEST(Decoding, TakesAllRowsAtOnceWhereTheyFit) {
  SmallDecoder decoder{1000};
  const auto latents = some_latents(3, 16, 16);
  const auto rows = decode_within_memory(std::ref(decoder), latents);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(decoder.asked, std::vector<std::int64_t>{768});
  for (std::int64_t i = 0; i < 3; ++i)
    EXPECT_TRUE(at::equal(rows[static_cast<std::size_t>(i)].image, whole(latents)[i]));
}

TEST(Decoding, GoesRowByRowWhenMemoryRunsOut) {
  SmallDecoder decoder{256};
  const auto latents = some_latents(3, 16, 16);
  const auto rows = decode_within_memory(std::ref(decoder), latents);
  EXPECT_EQ(decoder.asked, (std::vector<std::int64_t>{768, 256, 256, 256}));
  for (std::int64_t i = 0; i < 3; ++i) {
    const auto& row = rows[static_cast<std::size_t>(i)];
    EXPECT_FALSE(row.tiled) << "nothing is lost, so nothing is to be told";
    EXPECT_TRUE(at::equal(row.image, whole(latents)[i]));
  }
}

TEST(Decoding, TilesARowThatDoesNotFitAndShrinksThem) {
  for (const std::int64_t cells : {300, 100}) {
    SmallDecoder decoder{cells};
    const auto latents = some_latents(2, 20, 27);
    const auto rows = decode_within_memory(std::ref(decoder), latents);
    for (std::int64_t i = 0; i < 2; ++i) {
      const auto& row = rows[static_cast<std::size_t>(i)];
      EXPECT_TRUE(row.tiled);
      EXPECT_EQ(row.image.sizes(), (std::vector<std::int64_t>{3, 40, 54}));
      EXPECT_LT((row.image - whole(latents)[i]).abs().max().item<float>(), 1e-5)
          << "tiles of a local decoder join exactly";
    }
  }
}

TEST(Decoding, GivesUpWhenTheSmallestTileDoesNotFit) {
  SmallDecoder decoder{20};
  EXPECT_THROW(decode_within_memory(std::ref(decoder), some_latents(1, 16, 16)), std::runtime_error);
  EXPECT_EQ(decoder.asked, (std::vector<std::int64_t>{256, 144, 64})) << "the whole, then the first tile of each size";
}

TEST(Decoding, OtherFailuresPassThroughAtOnce) {
  int calls = 0;
  const auto broken = [&](const at::Tensor&) -> at::Tensor {
    ++calls;
    throw std::runtime_error("expected 4 channels");
  };
  EXPECT_THROW(decode_within_memory(broken, some_latents(2, 16, 16)), std::runtime_error);
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace magicface::pipeline
