// SPDX-License-Identifier: Apache-2.0
#include "threads.hpp"

#include <ATen/Parallel.h>

#include <opencv2/core/utility.hpp>

#include "magicface/models/compute.hpp"

namespace magicface::pipeline {

void use_threads(int threads) {
  models::prepare_processor(threads);
  cv::setNumThreads(at::get_num_threads());
}

}  // namespace magicface::pipeline
