// SPDX-License-Identifier: Apache-2.0
#include "magicface/models/arithmetic.hpp"

#include <ATen/ATen.h>
#include <ATen/DeviceAccelerator.h>
#include <c10/core/InferenceMode.h>
#include <torch/headeronly/version.h>

#include <algorithm>
#include <chrono>

#include "magicface/models/compute.hpp"

namespace magicface::models {
namespace {

using Clock = std::chrono::steady_clock;

at::DeviceIndex index_of(const at::Device& device) { return device.has_index() ? device.index() : at::DeviceIndex{0}; }

/// An accelerator has no figures before something was put there, and refuses to be asked.
bool has_allocated(const at::Device& device) { return at::getDeviceAllocator(device.type())->initialized(); }

/// Seconds of the fastest of some products of two square matrices; the first one, which chooses kernels, doesn't count.
double fastest_product(std::int64_t side, const Placement& placement) {
  constexpr int kRuns = 5;
  const auto options = at::TensorOptions().device(placement.device).dtype(placement.dtype);
  const auto left = at::full({side, side}, 0.5, options), right = at::full({side, side}, 0.25, options);
  auto result = at::empty({side, side}, options);
  double best = 0;
  for (int run = 0; run <= kRuns; ++run) {
    wait_for(placement);
    const auto start = Clock::now();
    at::mm_out(result, left, right);
    wait_for(placement);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    if (run > 0) best = run == 1 ? seconds : std::min(best, seconds);
  }
  return best;
}

}  // namespace

double matrix_product_rate(const std::string& device, const std::string& dtype, int threads) {
  constexpr std::int64_t kFirst = 1024, kLast = 8192;
  constexpr double kLongEnough = 0.01;  // seconds: what starting threads and kernels costs doesn't count beside it
  const auto placement = resolve_placement(device, dtype);
  prepare_processor(threads);
  const c10::InferenceMode inference;
  double rate = 0;
  for (std::int64_t side = kFirst; side <= kLast; side *= 2) {
    const double seconds = fastest_product(side, placement), n = static_cast<double>(side);
    rate = std::max(rate, 2 * n * n * n / seconds);
    if (seconds >= kLongEnough) break;
  }
  return rate;
}

std::optional<std::uint64_t> peak_device_bytes(const std::string& device) {
  const auto placement = resolve_placement(device, "auto");
  if (placement.device.is_cpu() || !has_allocated(placement.device)) return std::nullopt;
  const auto stats = at::accelerator::getDeviceStats(index_of(placement.device));
  constexpr auto kAggregate = static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE);
  return static_cast<std::uint64_t>(stats.allocated_bytes[kAggregate].peak);
}

void reset_peak_device_bytes(const std::string& device) {
  const auto placement = resolve_placement(device, "auto");
  if (!placement.device.is_cpu() && has_allocated(placement.device))
    at::accelerator::resetPeakStats(index_of(placement.device));
}

std::string libtorch_version() {
  return std::to_string(TORCH_VERSION_MAJOR) + "." + std::to_string(TORCH_VERSION_MINOR) + "." +
         std::to_string(TORCH_VERSION_PATCH);
}

}  // namespace magicface::models
