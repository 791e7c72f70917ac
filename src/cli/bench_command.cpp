// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iostream>
#include <memory>

#include "commands.hpp"
#include "magicface/app/bench_job.hpp"
#include "magicface/core/error.hpp"

namespace magicface::cli {
namespace {

void add_list(CLI::App& command, const char* flag, std::vector<int>& values, const char* text) {
  command.add_option(flag, values, text)->type_name("LIST")->delimiter(',')->allow_extra_args(false);
}

}  // namespace

void add_bench(CLI::App& program, CommonOptions& common, Action& action) {
  auto* command = program.add_subcommand("bench", "where the time and memory of an edit go");
  auto options = std::make_shared<app::BenchOptions>();
  auto crop = std::make_shared<std::string>("auto");
  command->add_option("-i,--in", options->input, "the portrait; default: the sample that comes with the program")
      ->type_name("PICTURE");
  add_list(*command, "--batch", options->batch, "edits sampled together; default 1");
  add_list(*command, "--threads", options->threads, "0: all cores; default 0");
  add_list(*command, "--steps", options->steps, "1 to 999; default: the bundle's");
  add_list(*command, "--size", options->size, "sides in pixels: no face networks");
  command->add_option("--repeat", options->repeat, "timed runs; default 5")->type_name("N");
  command->add_option("--warmup", options->warmup, "runs before them; default 1")->type_name("N");
  command->add_option("--reuse", options->reuse, "also N edits of a portrait against N runs of one")->type_name("N");
  command->add_option("--compare", options->compare, "ratios to what an earlier --json said")->type_name("FILE");
  command->add_option("--plot", options->plot, "time and memory along the lists: .svg or .png")->type_name("FILE");
  command->add_flag("--overwrite", options->overwrite, "replace an existing plot");
  command->add_flag("--json", options->json, "JSON on stdout");
  command->add_option("--sampler", options->sampling.sampler, "unipc, ddim, ddpm, dpmpp_2m or euler")
      ->type_name("NAME");
  command->add_option("--guidance", options->sampling.guidance, "strength; 1 halves the work")->type_name("X");
  command->add_option("--device", options->compute.device, "auto, cpu, cuda or cuda:N")->type_name("NAME");
  command->add_option("--dtype", options->compute.dtype, "auto, float32, float16 or bfloat16")->type_name("NAME");
  command->add_flag("--low-memory", options->compute.low_memory, "as in edit");
  command->add_flag("--cuda-graphs", options->compute.cuda_graphs, "as in edit");
  command->add_option("--crop", *crop, "auto, or none: the picture as it is")->type_name("WORD");
  command->add_option("--condition", options->condition, "condition image for --crop none")->type_name("FILE");
  add_bundle_flag(*command, options->bundle);
  add_common(*command, common);
  command->footer(
      "The first value of each list is the base; the others are measured with all else at the base.\n"
      "Examples:\n  magicface bench --json > before.json\n"
      "  magicface bench --compare before.json\n"
      "  magicface bench --batch 1,2,4,8 --threads 2,1 --steps 20,10,50 --plot scaling.svg\n"
      "  magicface bench --bundle magicface --size 512 --steps 2 --dtype bfloat16");
  command->callback([&action, &common, options, crop] {
    action = [&common, options, crop] {
      if (*crop != "auto" && *crop != "none") throw UsageError("--crop: expected auto or none, got '" + *crop + "'");
      if (*crop == "none") options->crop = pipeline::Crop::none;
      options->progress = !common.quiet && ::isatty(STDERR_FILENO) != 0;
      return app::run_bench(*options, std::cout);
    };
  });
}

}  // namespace magicface::cli
