// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/bench_job.hpp"

#include <ostream>

#include "bench_compare.hpp"
#include "bench_input.hpp"
#include "bench_measure.hpp"
#include "bench_plan.hpp"
#include "bench_plot.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/hash.hpp"
#include "magicface/core/machine.hpp"
#include "magicface/models/arithmetic.hpp"
#include "magicface/pipeline/compute_summary.hpp"
#include "progress.hpp"
#include "version.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

/// Before anything is measured: a plot that can't be written must not cost the time of measuring.
void check_plot(const BenchOptions& options, std::size_t settings) {
  if (!options.plot) return;
  const auto extension = options.plot->extension();
  if (extension != ".svg" && extension != ".png") {
    throw UsageError("--plot " + options.plot->string() + ": expected a name in .svg or .png");
  }
  if (settings < 2) {
    throw UsageError("--plot: expected two values or more of --batch, --threads, --steps or --size, got one of each");
  }
  keep_existing(*options.plot, options.overwrite);
}

void write_plot(const fs::path& file, const BenchReport& report) {
  const auto chart = bench_chart(report);
  make_folder_of(file);
  if (file.extension() == ".png") {
    write_file_atomically(file, chart_png(chart));
  } else {
    const auto svg = chart_svg(chart);
    write_file_atomically(file, {svg.begin(), svg.end()});
  }
}

BenchReport head_of(const BenchOptions& options, const models::Bundle& bundle) {
  const auto sampling = pipeline::resolved(options.sampling, bundle.manifest().defaults);
  BenchReport report;
  report.version = kVersion;
  report.libtorch = models::libtorch_version();
  report.processor = processor_name();
  report.processors = available_processors();
  report.accelerators = accelerator_names();
  report.bundle = bundle.label();
  report.bundle_sha256 = sha256_of_file(bundle.folder() / "bundle.json");
  report.input = bench_portrait(options).filename().string();
  report.device = options.compute.device;
  report.dtype = options.compute.dtype;
  report.sampler = sampling.sampler;
  report.guidance = sampling.guidance;
  report.low_memory = options.compute.low_memory;
  report.cuda_graphs = options.compute.cuda_graphs;
  report.crop = options.crop == pipeline::Crop::none ? "none" : "auto";
  if (options.condition) report.condition = options.condition->filename().string();
  report.repeat = options.repeat;
  report.warmup = options.warmup;
  return report;
}

}  // namespace

JobResult run_bench(const BenchOptions& asked, std::ostream& out) {
  const auto bundle = std::make_shared<const models::Bundle>(models::find_bundle(asked.bundle));
  auto options = asked;
  // From here on nothing is `auto`: what is reported is what the networks and the matrix product run in.
  options.compute = pipeline::summarise_compute(asked.compute, bundle->manifest().image_size);
  const auto settings = plan_bench(options, bundle->manifest());
  check_plot(options, settings.size());
  auto report = head_of(options, *bundle);
  const auto earlier = options.compare ? read_bench(*options.compare) : nlohmann::ordered_json();

  Bench bench(options, bundle);
  Progress progress(options.progress);
  const auto total = settings.size() + (options.reuse > 0 ? 1 : 0);
  const auto told = [&](std::size_t index, const std::string& name) {
    progress.item(index + 1, total, name);
    return [&progress](int run, int runs) { progress.step(run, runs); };
  };
  for (std::size_t i = 0; i < settings.size(); ++i) report.rows.push_back(bench.measure(settings[i], told(i, "bench")));
  if (options.reuse > 0)
    report.reuse = bench.measure_reuse(settings.front(), options.reuse, told(settings.size(), "reuse"));
  report.peak_per_row = bench.peaks_can_be_reset();
  progress.clear();

  if (options.plot) write_plot(*options.plot, report);
  auto json = bench_json(report);
  if (options.compare) json["compared"] = compare_benches(json, earlier);
  if (options.json) {
    out << json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
  } else {
    out << bench_text(report);
    if (options.compare) out << "\nearlier: " << options.compare->string() << '\n' << comparison_text(json["compared"]);
  }
  JobResult result;
  result.made = report.rows.size();
  return result;
}

}  // namespace magicface::app
