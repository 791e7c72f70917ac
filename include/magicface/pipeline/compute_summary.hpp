// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "magicface/pipeline/options.hpp"

namespace magicface::pipeline {

/// What `auto` and 0 came to on this machine, for a bundle of this image size: the device's and the dtype's own names,
/// the number of threads. @throws UsageError
ComputeOptions summarise_compute(const ComputeOptions& compute, int image_size);

}  // namespace magicface::pipeline
