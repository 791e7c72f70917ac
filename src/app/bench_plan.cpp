// SPDX-License-Identifier: Apache-2.0
#include "bench_plan.hpp"

#include <algorithm>

#include "magicface/core/error.hpp"
#include "magicface/pipeline/compute_summary.hpp"
#include "magicface/pipeline/engine.hpp"

namespace magicface::app {
namespace {

constexpr int kLargestSide = 8192;

void check_count(const char* flag, int value, int least, int most) {
  if (value >= least && value <= most) return;
  throw UsageError(std::string(flag) + ": expected " + std::to_string(least) + " to " + std::to_string(most) +
                   ", got " + std::to_string(value));
}

void check_size(int size, const models::Manifest& manifest) {
  const int multiple = manifest.size_multiple;
  if (size >= multiple && size <= kLargestSide && size % multiple == 0) return;
  throw UsageError("--size: expected multiples of " + std::to_string(multiple) + " up to " +
                   std::to_string(kLargestSide) + ", got " + std::to_string(size));
}

void check(const BenchOptions& options, const BenchSetting& setting, const models::Manifest& manifest) {
  check_count("--batch", setting.batch, 1, 1024);
  auto compute = options.compute;
  compute.threads = setting.threads;
  pipeline::check_compute(compute);
  auto sampling = options.sampling;
  sampling.steps = setting.steps;
  pipeline::check_sampling(sampling, manifest);
  if (!options.size.empty()) check_size(setting.size, manifest);
}

}  // namespace

std::vector<BenchSetting> plan_bench(const BenchOptions& options, const models::Manifest& manifest) {
  check_count("--repeat", options.repeat, 1, 1000);
  check_count("--warmup", options.warmup, 1, 1000);
  check_count("--reuse", options.reuse, 0, 1000);
  if (!options.size.empty() && options.reuse > 0) {
    throw UsageError("--reuse: expected no --size beside it; it measures what edit does with a portrait");
  }
  if (options.condition && options.size.empty() && options.crop != pipeline::Crop::none) {
    throw UsageError("--condition: expected --crop none or --size beside it, got --crop auto");
  }
  const int cores =
      pipeline::summarise_compute(options.compute, manifest.image_size).threads;  // before anything sets another number
  auto threads = options.threads;
  std::replace(threads.begin(), threads.end(), 0, cores);
  const auto steps = options.steps.empty() ? std::vector<int>{manifest.defaults.steps} : options.steps;
  const auto sizes = options.size.empty() ? std::vector<int>{0} : options.size;

  const BenchSetting base{threads.at(0), options.batch.at(0), steps[0], sizes[0]};
  std::vector<BenchSetting> settings;
  const auto add = [&](int BenchSetting::*axis, const std::vector<int>& values) {
    for (const int value : values) {
      auto setting = base;
      setting.*axis = value;
      check(options, setting, manifest);
      if (std::find(settings.begin(), settings.end(), setting) == settings.end()) settings.push_back(setting);
    }
  };
  add(&BenchSetting::batch, options.batch);
  add(&BenchSetting::steps, steps);
  add(&BenchSetting::size, sizes);
  add(&BenchSetting::threads, threads);  // last: another number of threads loads the networks anew
  return settings;
}

}  // namespace magicface::app
