// SPDX-License-Identifier: Apache-2.0
#include "recording.hpp"

#include <stdexcept>

#if __has_include(<ATen/accelerator/Graph.h>)
#include <ATen/DeviceAccelerator.h>
#include <ATen/accelerator/Graph.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace magicface::models {
namespace {

class DeviceGraph : public Recording {
 public:
  explicit DeviceGraph(at::Device device) : device_(device) {}

  void record(const std::function<void()>& work) override {
    const c10::DeviceGuard on_device(device_);
    at::accelerator::synchronizeDevice(device_.index());
    // The default stream can't be recorded.
    const c10::StreamGuard aside(c10::impl::VirtualGuardImpl(device_.type()).getStreamFromGlobalPool(device_));
    // The default mode would forbid other threads to allocate meanwhile: they prepare the next portraits.
    graph_.capture_begin({0, 0}, at::GraphCaptureMode::ThreadLocal);
    try {
      work();
    } catch (...) {
      abandon();
      throw;
    }
    graph_.capture_end();
  }

  void replay() override {
    const c10::DeviceGuard on_device(device_);
    graph_.replay();
  }

 private:
  /// Leaves recording; the failure that led here is the one to tell.
  void abandon() {
    try {
      graph_.capture_end();
    } catch (const std::exception&) {
      return;
    }
  }

  at::Device device_;
  at::accelerator::Graph graph_;
};

}  // namespace

bool can_record(at::Device device) { return !device.is_cpu() && at::has_graph_impl(device.type()); }

std::unique_ptr<Recording> make_recording(at::Device device) {
  if (!can_record(device)) throw std::logic_error("make_recording: " + device.str() + " has no graphs");
  return std::make_unique<DeviceGraph>(device);
}

}  // namespace magicface::models

#else

namespace magicface::models {

bool can_record(at::Device) { return false; }

std::unique_ptr<Recording> make_recording(at::Device device) {
  throw std::logic_error("make_recording: this LibTorch has no graphs for " + device.str());
}

}  // namespace magicface::models

#endif
