// SPDX-License-Identifier: Apache-2.0
#include "best_seed.hpp"

#include <gtest/gtest.h>

#include <new>
#include <opencv2/core.hpp>

namespace magicface::app {
namespace {

/// Seeds whose picture is one pixel of the seed's value, in which the "estimator" reads that value.
struct Toy {
  std::size_t fits = 100;  ///< more at once run out of memory
  std::vector<std::size_t> batches, halved;

  Candidate best(const std::vector<std::uint64_t>& seeds, std::size_t batch_size, double intended) {
    const auto make = [this](std::span<const std::uint64_t> batch) {
      batches.push_back(batch.size());
      if (batch.size() > fits) throw std::bad_alloc();
      std::vector<pipeline::Edited> made(batch.size());
      for (std::size_t i = 0; i < batch.size(); ++i) {
        made[i].picture.rgb = cv::Mat(1, 1, CV_8UC3, cv::Scalar::all(static_cast<double>(batch[i])));
      }
      return made;
    };
    const auto estimate = [](const pipeline::Edited& edited) {
      return face::ActionUnits{static_cast<double>(edited.picture.rgb.at<cv::Vec3b>(0)[0])};
    };
    return best_of_seeds(seeds, batch_size, {intended}, make, estimate,
                         [this](std::size_t count, const std::exception&) { halved.push_back(count); });
  }
};

TEST(BestSeed, IsTheNearestInBatchesThatFit) {
  Toy toy;
  const auto best = toy.best({9, 4, 1, 6, 5}, 2, 4.4);
  EXPECT_EQ(best.seed(), 4U);
  EXPECT_EQ(best.intensities, face::ActionUnits{4});
  EXPECT_NEAR(best.distance, 0.4, 1e-12);
  EXPECT_EQ(best.edited.picture.rgb.at<cv::Vec3b>(0)[0], 4);
  EXPECT_EQ(toy.batches, (std::vector<std::size_t>{2, 2, 1}));
}

TEST(BestSeed, TheFirstOfEqualsWins) {
  EXPECT_EQ(Toy().best({6, 4, 2}, 3, 5).seed(), 6U);
  EXPECT_EQ(Toy().best({7}, 4, 0).seed(), 7U);
}

TEST(BestSeed, BatchesAreHalvedWhereMemoryRunsOut) {
  Toy toy;
  toy.fits = 2;
  const auto best = toy.best({9, 4, 1, 6, 5}, 5, 6);
  EXPECT_EQ(toy.batches, (std::vector<std::size_t>{5, 3, 2, 1, 2}));
  EXPECT_EQ(toy.halved, (std::vector<std::size_t>{5, 3}));
  EXPECT_EQ(best.seed(), 6U);
  EXPECT_EQ(best.batch, (std::vector<std::uint64_t>{6, 5})) << "what it was sampled with, to make it again";
  toy.fits = 0;
  EXPECT_THROW(toy.best({1, 2}, 2, 1), std::bad_alloc);
}

TEST(BestSeed, DistanceIsARootMeanSquare) {
  EXPECT_DOUBLE_EQ(au_distance({0, 0, 3, 4}, {0, 0, 0, 0}), 2.5);
  EXPECT_EQ(au_distance({}, {}), 0);
}

}  // namespace
}  // namespace magicface::app
