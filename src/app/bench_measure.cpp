// SPDX-License-Identifier: Apache-2.0
#include "bench_measure.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "magicface/core/cancellation.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/machine.hpp"
#include "magicface/image/encode.hpp"
#include "magicface/models/arithmetic.hpp"
#include "stopwatch.hpp"

namespace magicface::app {
namespace {

constexpr double kVariation = 3;  // of the edits that are timed: any that isn't zero costs the same

/// In the order in which they run. `step` is each step, `sample` all of them.
constexpr const char* kStages[] = {"load",        "cold", "read",   "detect", "parse", "encode", "reference",
                                   "reconstruct", "step", "sample", "decode", "blend", "write"};

const int kReuseBatch = pipeline::ComputeOptions{}.batch_size;

void cancel_between_steps(int, int) { throw_if_cancelled(); }

}  // namespace

void Bench::Run::add(const std::string& stage, double seconds) {
  const bool step = stage == "step";
  if (step) steps.push_back(seconds);
  const std::string name = step ? "sample" : stage;
  const auto found = std::find_if(stages.begin(), stages.end(), [&](const auto& entry) { return entry.first == name; });
  if (found != stages.end()) {
    found->second += seconds;
  } else {
    stages.emplace_back(name, seconds);
  }
}

Bench::Bench(const BenchOptions& options, std::shared_ptr<const models::Bundle> bundle)
    : options_(options), bundle_(std::move(bundle)) {}

double Bench::load(int threads) {
  if (engine_ && threads_ == threads) return 0;
  engine_.reset();  // first: two engines at once would double the peak
  auto compute = options_.compute;
  compute.threads = threads_ = threads;
  product_rate_ = models::matrix_product_rate(compute.device, compute.dtype, threads);
  reset_peaks();
  const Stopwatch watch;
  engine_ = std::make_unique<pipeline::Engine>(bundle_, compute);
  return watch.seconds();
}

void Bench::reset_peaks() {
  peaks_can_be_reset_ = reset_peak_resident_bytes() && peaks_can_be_reset_;
  models::reset_peak_device_bytes(options_.compute.device);
}

BenchRow Bench::measure(const BenchSetting& setting, const OnRun& on_run) {
  const auto input = bench_input(options_, setting.size, scratch_.path());
  reset_peaks();
  std::map<std::string, std::vector<double>> seconds;
  const double loaded = load(setting.threads);
  BenchRow row;
  row.setting = setting;
  row.product_rate = product_rate_;
  const int runs = options_.warmup + options_.repeat;
  for (int i = 0; i < runs; ++i) {
    const auto made = run(input, setting, i == 0 ? &row.flop_per_step : nullptr);
    if (i == 0) {
      row.width = made.size.width;
      row.height = made.size.height;
      if (loaded > 0) {
        seconds["load"].push_back(loaded);
        seconds["cold"].push_back(loaded + made.total);
      }
    }
    if (i >= options_.warmup) {
      for (const auto& [stage, time] : made.stages) seconds[stage].push_back(time);
      seconds["step"].insert(seconds["step"].end(), made.steps.begin(), made.steps.end());
      seconds["total"].push_back(made.total);
    }
    if (on_run) on_run(i + 1, runs);
  }
  for (const char* stage : kStages) {
    if (const auto found = seconds.find(stage); found != seconds.end())
      row.stages.emplace_back(stage, spread_of(found->second));
  }
  row.total = spread_of(seconds.at("total"));
  row.host_bytes = peak_resident_bytes();
  row.device_bytes = models::peak_device_bytes(options_.compute.device);
  return row;
}

Bench::Run Bench::run(const BenchInput& input, const BenchSetting& setting, double* flop_per_step) {
  Run run;
  engine_->measure([&](const char* stage, double seconds) { run.add(stage, seconds); });
  const Stopwatch watch;
  const auto portrait = prepare(input, run);
  std::optional<models::FlopCounter> counter;
  if (flop_per_step != nullptr) counter.emplace();
  const auto on_step = [&](int step, int) {
    throw_if_cancelled();
    if (counter && step == 1) *flop_per_step = counter->flops();
  };
  edit_and_write(portrait, edits(0, static_cast<std::size_t>(setting.batch)), setting.steps, on_step, run);
  run.total = watch.seconds();
  engine_->measure({});
  return run;
}

std::shared_ptr<const pipeline::Portrait> Bench::prepare(const BenchInput& input, Run& run) {
  const Stopwatch reading;
  auto picture = image::read_picture(input.portrait);
  run.add("read", reading.seconds());
  auto options = input.options;
  if (input.needs_faces()) {
    const Stopwatch detecting;
    options.face = engine_->faces().choose(picture.rgb, {}).front().face;
    run.add("detect", detecting.seconds());
  }
  return engine_->prepare(std::move(picture), options);
}

void Bench::edit_and_write(const std::shared_ptr<const pipeline::Portrait>& portrait,
                           const std::vector<pipeline::Edit>& edits, int steps, const pipeline::OnStep& on_step,
                           Run& run) {
  auto sampling = options_.sampling;
  sampling.steps = steps;
  std::vector<pipeline::BatchRow> rows;
  for (const auto& edit : edits) rows.push_back({portrait, edit});
  const auto edited = engine_->edit(rows, sampling, pipeline::Composite::automatic, on_step);
  const Stopwatch writing;
  image::EncodeOptions encoding;
  encoding.format = image::Format::png;
  for (std::size_t i = 0; i < edited.size(); ++i) {
    const auto name = "edited_" + std::to_string(i) + ".png";
    write_file_atomically(scratch_.path() / name, image::encode_picture(edited[i].picture, encoding));
  }
  run.add("write", writing.seconds());
  run.size = edited.front().model_picture.size();
}

std::vector<pipeline::Edit> Bench::edits(std::size_t first, std::size_t count) const {
  const auto units = bundle_->manifest().au.names.size();
  std::vector<pipeline::Edit> edits(count);
  for (std::size_t i = 0; i < count; ++i) {
    edits[i].variation.assign(units, 0.0);
    edits[i].variation[(first + i) % units] = kVariation;
    edits[i].seed = bundle_->manifest().defaults.seed;
  }
  return edits;
}

double Bench::time_together(const BenchInput& input, int steps, int count) {
  Run run;
  const Stopwatch watch;
  const auto portrait = prepare(input, run);
  for (int first = 0; first < count; first += kReuseBatch) {
    const auto size = static_cast<std::size_t>(std::min(kReuseBatch, count - first));
    edit_and_write(portrait, edits(static_cast<std::size_t>(first), size), steps, cancel_between_steps, run);
  }
  return watch.seconds();
}

double Bench::time_apart(const BenchInput& input, int steps, int count) {
  Run run;
  const Stopwatch watch;
  for (int i = 0; i < count; ++i) {
    edit_and_write(prepare(input, run), edits(static_cast<std::size_t>(i), 1), steps, cancel_between_steps, run);
  }
  return watch.seconds();
}

BenchReuse Bench::measure_reuse(const BenchSetting& setting, int count, const OnRun& on_run) {
  const auto input = bench_input(options_, setting.size, scratch_.path());
  load(setting.threads);
  std::vector<double> together, apart;
  const int rounds = options_.warmup + options_.repeat;
  for (int i = 0; i < rounds; ++i) {
    const double one_run = time_together(input, setting.steps, count),
                 many_runs = time_apart(input, setting.steps, count);
    if (i >= options_.warmup) {
      together.push_back(one_run);
      apart.push_back(many_runs);
    }
    if (on_run) on_run(i + 1, rounds);
  }
  return {count, kReuseBatch, spread_of(together), spread_of(apart)};
}

}  // namespace magicface::app
