// SPDX-License-Identifier: Apache-2.0
#include "unchanged.hpp"

#include <gtest/gtest.h>

#include "portrait.hpp"

namespace magicface::pipeline {
namespace {

std::shared_ptr<const Portrait> blended() {
  auto portrait = std::make_shared<Portrait>();
  portrait->blend_mask = cv::Mat::ones(8, 8, CV_32FC1);
  return portrait;
}

TEST(Unchanged, WithNothingToBlendThereIsNothingToCompareWith) {
  const auto compared = with_unchanged({{blended(), {{1}, 7}}, {std::make_shared<const Portrait>(), {{1}, 7}}});
  EXPECT_EQ(compared.rows.size(), 3U);
  EXPECT_EQ(compared.unchanged, (std::vector<std::size_t>{2, 1}));
}

TEST(Unchanged, EveryPortraitIsAddedOncePerSeed) {
  const auto one = blended(), two = blended();
  const std::vector<double> smile{0, 3}, frown{2, 0};
  const auto compared = with_unchanged({{one, {smile, 7}}, {one, {frown, 7}}, {two, {smile, 7}}, {one, {smile, 8}}});
  ASSERT_EQ(compared.rows.size(), 7U);
  EXPECT_EQ(compared.unchanged, (std::vector<std::size_t>{4, 4, 5, 6}));
  for (std::size_t i = 0; i < 4; ++i) {
    const auto& asked = compared.rows[i];
    const auto& unchanged = compared.rows[compared.unchanged[i]];
    EXPECT_EQ(unchanged.portrait, asked.portrait);
    EXPECT_EQ(unchanged.edit.seed, asked.edit.seed);
    EXPECT_EQ(unchanged.edit.variation, (std::vector<double>{0, 0}));
  }
  EXPECT_EQ(compared.rows[1].edit.variation, frown);
}

}  // namespace
}  // namespace magicface::pipeline
