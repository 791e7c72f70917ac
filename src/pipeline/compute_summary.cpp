// SPDX-License-Identifier: Apache-2.0
#include "magicface/pipeline/compute_summary.hpp"

#include <ATen/Parallel.h>

#include "magicface/models/compute.hpp"

namespace magicface::pipeline {

ComputeOptions summarise_compute(const ComputeOptions& compute, int image_size) {
  const auto placement = models::resolve_placement(compute.device, compute.dtype, image_size);
  auto summary = compute;
  summary.device = models::describe_device(placement);
  summary.dtype = models::describe_dtype(placement);
  if (summary.threads == 0) summary.threads = at::get_num_threads();
  return summary;
}

}  // namespace magicface::pipeline
