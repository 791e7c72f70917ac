// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

/// How much arithmetic networks do, and how much a device can do: what measured times are compared with. Free of
/// LibTorch.
namespace magicface::models {

/// Counts the floating-point operations (2 per multiply-add) of convolutions, matrix products, linear layers and
/// attention that this thread calls while it lives; everything else is small beside them. Counting costs time: never
/// time such a run. Operators of our own count where they are called `magicface::...attention...(query, key, value,
/// ...)`.
class FlopCounter {
 public:
  FlopCounter();
  ~FlopCounter();
  FlopCounter(const FlopCounter&) = delete;
  FlopCounter& operator=(const FlopCounter&) = delete;

  double flops() const;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

/// FLOP/s of a large matrix product, the fastest of five: the floor under every time. Device and dtype as
/// `resolve_placement` takes them, threads as `prepare_processor` does. @throws UsageError
double matrix_product_rate(const std::string& device, const std::string& dtype, int threads);

/// The most memory that tensors took on a CUDA device since the last reset; nothing on a CPU.
std::optional<std::uint64_t> peak_device_bytes(const std::string& device);
void reset_peak_device_bytes(const std::string& device);

/// "2.13.0"
std::string libtorch_version();

}  // namespace magicface::models
