// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <opencv2/core/types.hpp>
#include <string>
#include <utility>
#include <vector>

#include "bench_input.hpp"
#include "bench_report.hpp"
#include "magicface/core/temporary_folder.hpp"
#include "magicface/models/bundle.hpp"
#include "magicface/pipeline/engine.hpp"

namespace magicface::app {

/// Times edits as `magicface edit` makes them, stage after stage and with nothing beside them.
class Bench {
 public:
  using OnRun = std::function<void(int run, int runs)>;

  Bench(const BenchOptions& options, std::shared_ptr<const models::Bundle> bundle);

  /// `on_run` is called after each run, those to warm up included. @throws Cancelled, ItemError
  BenchRow measure(const BenchSetting& setting, const OnRun& on_run);
  /// The two ways by turns; measured with the threads of `setting` and the batch size that `edit` has by default.
  BenchReuse measure_reuse(const BenchSetting& setting, int edits, const OnRun& on_run);

  bool peaks_can_be_reset() const { return peaks_can_be_reset_; }

 private:
  /// The seconds of one run: of each stage, and of each step.
  struct Run {
    std::vector<std::pair<std::string, double>> stages;
    std::vector<double> steps;
    double total = 0;
    cv::Size size;  ///< of the model's picture
    void add(const std::string& stage, double seconds);
  };

  /// Loads the networks where the number of threads is another one; the seconds that it took, else 0.
  double load(int threads);
  void reset_peaks();
  /// @param flop_per_step where to count the arithmetic of the first step, which makes the run useless as a measurement
  /// of time
  Run run(const BenchInput& input, const BenchSetting& setting, double* flop_per_step = nullptr);
  std::vector<pipeline::Edit> edits(std::size_t first, std::size_t count) const;
  double time_together(const BenchInput& input, int steps, int count);
  double time_apart(const BenchInput& input, int steps, int count);
  std::shared_ptr<const pipeline::Portrait> prepare(const BenchInput& input, Run& run);
  void edit_and_write(const std::shared_ptr<const pipeline::Portrait>& portrait,
                      const std::vector<pipeline::Edit>& edits, int steps, const pipeline::OnStep& on_step, Run& run);

  const BenchOptions& options_;
  std::shared_ptr<const models::Bundle> bundle_;
  TemporaryFolder scratch_{"name a writable folder with TMPDIR"};
  std::unique_ptr<pipeline::Engine> engine_;
  int threads_ = 0;          ///< of the engine
  double product_rate_ = 0;  ///< with these threads
  bool peaks_can_be_reset_ = true;
};

}  // namespace magicface::app
