// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "magicface/models/compute.hpp"
#include "magicface/pipeline/options.hpp"

namespace magicface::pipeline {

/// Times what follows one after the other. Without a listener it does nothing, so that no run waits for its device.
class StageWatch {
 public:
  StageWatch(const OnStage& on_stage, const models::Placement& placement)
      : on_stage_(on_stage), placement_(placement), start_(Clock::now()) {}

  /// Tells the time since the last lap (or since it was made) as that of `stage`.
  void lap(const char* stage) {
    if (!on_stage_) return;
    models::wait_for(placement_);
    const auto now = Clock::now();
    on_stage_(stage, std::chrono::duration<double>(now - start_).count());
    start_ = Clock::now();
  }

 private:
  using Clock = std::chrono::steady_clock;
  const OnStage& on_stage_;
  const models::Placement& placement_;
  Clock::time_point start_;
};

}  // namespace magicface::pipeline
