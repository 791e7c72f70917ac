// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>

namespace magicface::models {

/// What a piece of work gave a device to do, kept so that it can be given again in one go (a CUDA graph): a small
/// network's time is mostly that of handing over some hundred kernels one by one.
class Recording {
 public:
  Recording() = default;
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  Recording(Recording&&) = delete;
  Recording& operator=(Recording&&) = delete;
  virtual ~Recording() = default;
  /// Records `work`, which isn't executed. It may not wait for the device, and finds its inputs and leaves its results
  /// in the same memory in every replay. Whatever `work` or the device throws passes through.
  virtual void record(const std::function<void()>& work) = 0;
  /// Executes what was recorded.
  virtual void replay() = 0;
};

/// Whether the device can record, and this LibTorch can tell it to (`at::accelerator::Graph`: 2.13 has it).
bool can_record(at::Device device);

/// An empty recording. @throws std::logic_error where `can_record` says no.
std::unique_ptr<Recording> make_recording(at::Device device);

}  // namespace magicface::models
