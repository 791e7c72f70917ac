// SPDX-License-Identifier: Apache-2.0
#include "threads.hpp"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <opencv2/core/utility.hpp>

#include "magicface/pipeline/face_analyser.hpp"

namespace magicface::pipeline {
namespace {

TEST(Threads, AreOneCountForBothLibraries) {
  for (const int count : {2, 1, 3}) {
    use_threads(count);
    EXPECT_EQ(at::get_num_threads(), count);
    EXPECT_EQ(cv::getNumThreads(), count);
  }
  use_threads(0);
  EXPECT_EQ(cv::getNumThreads(), at::get_num_threads()) << "LibTorch's choice, not all cores";
}

TEST(Threads, AreSetByWhatOnlyReadsFaces) {
  use_threads(3);
  ComputeOptions compute;
  compute.device = "cpu";
  compute.threads = 1;
  const FaceAnalyser faces(nullptr, compute);
  EXPECT_EQ(at::get_num_threads(), 1) << "estimate and parse have no Engine";
}

}  // namespace
}  // namespace magicface::pipeline
