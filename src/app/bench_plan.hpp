// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "bench_report.hpp"
#include "magicface/app/bench_job.hpp"
#include "magicface/models/manifest.hpp"

namespace magicface::app {

/// The base, then each list's further values, one axis after the other; each setting once. Everything that can be wrong
/// with the flags is found here. @throws UsageError
std::vector<BenchSetting> plan_bench(const BenchOptions& options, const models::Manifest& manifest);

}  // namespace magicface::app
