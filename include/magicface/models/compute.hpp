// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "magicface/models/network.hpp"

namespace magicface::models {

/// Turns `--device auto|cpu|cuda[:N]` and `--dtype auto|float32|float16|bfloat16` into a placement.
/// auto device: the first CUDA device if there is one, else the CPU; auto dtype: float16 on CUDA, float32 on a CPU, but
/// bfloat16 on one that multiplies it in hardware (AVX512-BF16, AMX) for pictures of `image_size` 256 or more.
/// @throws UsageError when the device or the combination isn't there (float16 on a CPU).
Placement resolve_placement(const std::string& device, const std::string& dtype, int image_size = 0);

/// @throws UsageError when the placement's device, or this LibTorch, can't record what it computes (--cuda-graphs).
void check_recorded(const Placement& placement);

/// Whether the processor multiplies bfloat16 in hardware. Where it doesn't, LibTorch emulates it many times slower.
bool has_bfloat16();

/// Settings of the whole process, once before anything is computed.
/// @param threads inside one operation; 0 keeps LibTorch's choice (the number of cores).
void prepare_processor(int threads);

/// Returns when everything that was given to the device is done; at once on a CPU.
void wait_for(const Placement& placement);

/// "cpu", "cuda:0"
std::string describe_device(const Placement& placement);
/// "float32", "float16", "bfloat16"
std::string describe_dtype(const Placement& placement);

}  // namespace magicface::models
