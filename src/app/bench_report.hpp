// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace magicface::app {

/// Of repeated measurements.
struct Spread {
  double median = 0, low = 0, high = 0;
  std::size_t count = 0;
};

/// @param values not empty
Spread spread_of(std::vector<double> values);

/// One point of a figure.
struct BenchSetting {
  int threads = 1, batch = 1, steps = 1;
  int size = 0;  ///< side in pixels; 0: what `edit` would choose
  bool operator==(const BenchSetting&) const = default;
};

struct BenchRow {
  BenchSetting setting;
  int width = 0, height = 0;                           ///< of the model's picture, pixels
  std::vector<std::pair<std::string, Spread>> stages;  ///< seconds, in the order in which they run; `step` is each step
  Spread total;                                        ///< seconds from a file to all of the batch's files
  std::optional<std::uint64_t> host_bytes;             ///< peak of the process while this row was measured
  std::optional<std::uint64_t> device_bytes;           ///< peak of tensors on the device
  double flop_per_step = 0;                            ///< counted, both guidance branches
  double product_rate = 0;                             ///< FLOP/s of a large matrix product with these threads

  const Spread* stage(const std::string& name) const;
  double images_per_second() const { return setting.batch / total.median; }
  /// What a step would take if all of its arithmetic ran as fast as a large matrix product.
  double step_floor() const { return product_rate > 0 ? flop_per_step / product_rate : 0; }
};

/// Edits of one portrait in one run against runs of one edit each, in one process with its models loaded.
struct BenchReuse {
  int edits = 0, batch = 0;
  Spread together, apart;  ///< seconds
};

struct BenchReport {
  std::string version, libtorch, processor, bundle, bundle_sha256, input, device, dtype, sampler, crop;
  std::optional<std::string> condition;  ///< the file's name
  std::vector<std::string> accelerators;
  int processors = 0, repeat = 0, warmup = 0;
  double guidance = 0;
  bool low_memory = false, cuda_graphs = false;
  bool peak_per_row = true;  ///< false: the system doesn't let peaks be reset; each is that of the process so far
  std::vector<BenchRow> rows;
  std::optional<BenchReuse> reuse;
};

nlohmann::ordered_json bench_json(const BenchReport& report);
/// The stages of one row, or one line for each of several.
std::string bench_text(const BenchReport& report);
/// "threads 2, batch 1, 20 steps, 512 x 512". @param width, height of the model's picture, which the setting may leave
/// open
std::string setting_text(const BenchSetting& setting, int width, int height);
/// 0.01234 as "12.34 ms"
std::string time_text(double seconds);

}  // namespace magicface::app
