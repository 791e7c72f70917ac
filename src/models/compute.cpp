// SPDX-License-Identifier: Apache-2.0
#include "magicface/models/compute.hpp"

#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/Parallel.h>

#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"
#include "recording.hpp"

namespace magicface::models {
namespace {

at::Device parse_device(const std::string& name) {
  if (name == "cpu") return at::kCPU;
  const bool cuda = at::hasCUDA();
  const int count = cuda ? static_cast<int>(at::getNumGPUs()) : 0;
  if (name == "auto") return count > 0 ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU);
  if (name != "cuda" && !name.starts_with("cuda:")) {
    throw UsageError("--device: expected auto, cpu, cuda or cuda:N, got '" + name + "'");
  }
  int index = 0;
  if (name.size() > 4) {
    const auto number = parse_number(name.substr(5));
    if (!number || *number < 0 || *number != static_cast<int>(*number)) {
      throw UsageError("--device: expected cuda:N with N a whole number from 0, got '" + name + "'");
    }
    index = static_cast<int>(*number);
  }
  if (count == 0) {
    throw UsageError("--device " + name + ": " +
                     (cuda ? "LibTorch finds no CUDA device" : "this LibTorch was built without CUDA") +
                     "; use --device cpu, or build with a CUDA LibTorch on a machine with a GPU");
  }
  if (index >= count) {
    throw UsageError("--device " + name + ": expected an index below " + std::to_string(count) + ", got " +
                     std::to_string(index));
  }
  return {at::kCUDA, static_cast<at::DeviceIndex>(index)};
}

/// Pixels a side from which bfloat16 is worth its rounding: three times as fast at 512, a third faster at 128.
constexpr int kPaysFrom = 256;

}  // namespace

bool has_bfloat16() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16") != 0;
#else
  return false;
#endif
}

Placement resolve_placement(const std::string& device, const std::string& dtype, int image_size) {
  Placement placement;
  placement.device = parse_device(device);
  const bool cpu = placement.device.is_cpu();
  if (dtype == "auto") {
    placement.dtype = !cpu ? at::kHalf : image_size >= kPaysFrom && has_bfloat16() ? at::kBFloat16 : at::kFloat;
  } else if (dtype == "float32") {
    placement.dtype = at::kFloat;
  } else if (dtype == "bfloat16") {
    placement.dtype = at::kBFloat16;
  } else if (dtype == "float16") {
    if (cpu) throw UsageError("--dtype float16: expected a CUDA device, got the CPU; use --dtype bfloat16 or float32");
    placement.dtype = at::kHalf;
  } else {
    throw UsageError("--dtype: expected auto, float32, float16 or bfloat16, got '" + dtype + "'");
  }
  return placement;
}

void check_recorded(const Placement& placement) {
  if (placement.device.is_cpu()) throw UsageError("--cuda-graphs: expected a CUDA device, got the CPU; leave it out");
  if (!can_record(placement.device)) {
    throw UsageError("--cuda-graphs: this LibTorch has no at::accelerator::Graph for " + placement.device.str() +
                     "; build with 2.13 or later, or leave it out");
  }
}

void prepare_processor(int threads) {
  if (threads > 0) at::set_num_threads(threads);
  // Denormals cost hundreds of cycles each and carry nothing here.
  at::globalContext().setFlushDenormal(true);
}

void wait_for(const Placement& placement) {
  if (placement.device.is_cpu()) return;
  const auto index = placement.device.has_index() ? placement.device.index() : at::DeviceIndex{0};
  at::accelerator::synchronizeDevice(index);
}

std::string describe_device(const Placement& placement) { return placement.device.str(); }

std::string describe_dtype(const Placement& placement) {
  switch (placement.dtype) {
    case at::kHalf:
      return "float16";
    case at::kBFloat16:
      return "bfloat16";
    default:
      return "float32";
  }
}

}  // namespace magicface::models
