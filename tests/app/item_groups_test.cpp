// SPDX-License-Identifier: Apache-2.0
#include "item_groups.hpp"

#include <gtest/gtest.h>

#include <string>

namespace magicface::app {
namespace {

WorkItem item_of(std::size_t edits) {
  WorkItem item;
  item.edits.resize(edits);
  return item;
}

/// How many edits the items of each group have.
std::vector<std::vector<std::size_t>> groups_of(std::vector<WorkItem> items, const EditOptions& options) {
  ItemGroups groups(
      [items = std::move(items), at = std::size_t{0}]() mutable -> std::optional<WorkItem> {
        return at < items.size() ? std::optional(items[at++]) : std::nullopt;
      },
      options);
  std::vector<std::vector<std::size_t>> all;
  for (auto group = groups.next(); !group.empty(); group = groups.next()) {
    auto& sizes = all.emplace_back();
    for (const auto& item : group) sizes.push_back(item.edits.size());
  }
  return all;
}

std::vector<WorkItem> items_of(const std::vector<std::size_t>& sizes) {
  std::vector<WorkItem> items;
  for (const auto size : sizes) items.push_back(item_of(size));
  return items;
}

using Sizes = std::vector<std::vector<std::size_t>>;

TEST(ItemGroups, TakeAsManyWholeItemsAsABatchHolds) {
  EditOptions options;
  options.compute.batch_size = 4;
  EXPECT_EQ(groups_of(items_of({1, 1, 1, 1, 1, 1}), options), (Sizes{{1, 1, 1, 1}, {1, 1}}));
  EXPECT_EQ(groups_of(items_of({3, 1, 3, 3}), options), (Sizes{{3, 1}, {3}, {3}}));
  EXPECT_EQ(groups_of(items_of({1, 9, 2, 2}), options), (Sizes{{1}, {9}, {2, 2}}));
  EXPECT_EQ(groups_of({}, options), Sizes{});
}

TEST(ItemGroups, ABrokenLineCountsAsOneEditSoThatMendingItMovesNoBatch) {
  EditOptions options;
  options.compute.batch_size = 3;
  EXPECT_EQ(groups_of(items_of({1, 0, 1, 1}), options), (Sizes{{1, 0, 1}, {1}}));
}

TEST(ItemGroups, FacesOfOnePictureAndRivalSeedsStandAlone) {
  EditOptions options;
  auto items = items_of({1, 1, 1, 1});
  items[1].face = face::parse_face_choice("all");
  items[2].edits[0].rivals = {2, 3};
  EXPECT_EQ(groups_of(items, options), (Sizes{{1}, {1}, {1}, {1}}));
  EXPECT_EQ(groups_of(items_of({1, 1}), options), (Sizes{{1, 1}}));
  options.face = face::parse_face_choice("all");
  EXPECT_EQ(groups_of(items_of({1, 1}), options), (Sizes{{1}, {1}}));
}

TEST(ItemGroups, ALineOfAPipeIsGivenBeforeTheNextIsAskedFor) {
  EditOptions options;
  options.batch.jobs = "-";
  int asked = 0;
  ItemGroups groups(
      [&]() -> std::optional<WorkItem> {
        ++asked;
        return item_of(1);
      },
      options);
  EXPECT_EQ(groups.next().size(), 1U);
  EXPECT_EQ(asked, 1);
}

}  // namespace
}  // namespace magicface::app
