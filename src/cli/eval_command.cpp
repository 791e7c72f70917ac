// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iostream>
#include <memory>

#include "commands.hpp"
#include "magicface/app/eval_job.hpp"
#include "magicface/core/error.hpp"

namespace magicface::cli {
namespace {

CLI::App* add_plan(CLI::App& eval, CommonOptions& common, Action& action) {
  auto* command = eval.add_subcommand("plan", "write the paper's protocol as a job file for edit --jobs");
  auto options = std::make_shared<app::EvalPlanOptions>();
  add_inputs(*command, options->people);
  command->add_option("-o,--out", options->out, "the job file; default plan.jsonl beside which paths start")
      ->type_name("FILE");
  command->add_flag("--overwrite", options->overwrite, "replace an existing file");
  command->add_option("--people", options->count, "how many portraits; drawn when more are there; default 20")
      ->type_name("N");
  command->add_option("--levels", options->levels, "variations of each AU alone; default 1,2,3,4,5")
      ->type_name("LIST")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--combinations", options->combinations, "of 2 to 4 AUs for each person; default 387")
      ->type_name("N");
  command->add_option("--seed", options->seed, "of the draws; default 0")->type_name("N");
  add_bundle_flag(*command, options->bundle);
  add_common(*command, common);
  command->footer(
      "Example: 20 people x (12 AUs x 5 levels + 387 combinations) = 8,940 edits\n"
      "  magicface eval plan --in people/ --out plan.jsonl\n"
      "  magicface edit --jobs plan.jsonl --out run/ && magicface eval run/");
  command->callback(
      [&action, options] { action = [options] { return app::run_eval_plan(*options, std::cin, std::cout); }; });
  return command;
}

CLI::App* add_sweep(CLI::App& eval, CommonOptions& common, Action& action) {
  auto* command = eval.add_subcommand("sweep", "edit and evaluate at several values of guidance, steps or sampler");
  auto options = std::make_shared<app::EvalSweepOptions>();
  auto& edit = options->edit;
  edit.output.out = "sweep";
  command->add_option("--jobs", edit.batch.jobs, "the edits, as eval plan writes them")->type_name("FILE")->required();
  command->add_flag("--allow-outside", edit.batch.allow_outside, "paths of --jobs may leave their folders");
  command->add_option("--guidance", options->guidance, "1:5:0.5, or 1,1.5,2; one value holds for all")
      ->type_name("LIST");
  command->add_option("--steps", options->steps, "5,10,20,50; one value holds for all")->type_name("LIST");
  command->add_option("--sampler", options->samplers, "unipc,ddim,...; one name holds for all")->type_name("LIST");
  command->add_option("-o,--out", edit.output.out, "folder of pictures, records and figures; default sweep")
      ->type_name("FOLDER");
  command->add_option("--seed", edit.seed, "seed of the noise")->type_name("N");
  command->add_option("--batch-size", edit.compute.batch_size, "edits sampled together")->type_name("N");
  command->add_option("--dtype", edit.compute.dtype, "auto, float32, float16 or bfloat16")->type_name("NAME");
  command->add_option("--truth", options->eval.truth, "folder with what the edits should look like, by name")
      ->type_name("FOLDER");
  command->add_option("--confidence", options->eval.bootstrap.confidence, "of the intervals; default 0.95")
      ->type_name("X");
  command->add_option("--draws", options->eval.bootstrap.draws, "of the bootstrap; default 1000")->type_name("N");
  command->add_flag("--json", options->eval.json, "JSON on stdout, with every pair");
  add_bundle_flag(*command, edit.bundle);
  add_compute(*command, edit.compute);
  add_common(*command, common);
  command->footer(
      "Example (the same command goes on with a sweep that was stopped):\n"
      "  magicface eval plan --in people/ --people 8 --out plan.jsonl\n"
      "  magicface eval sweep --jobs plan.jsonl --guidance 1:5:0.5 --out sweep/");
  command->callback([&action, &common, options] {
    action = [&common, options] {
      options->eval.progress = !common.quiet && ::isatty(STDERR_FILENO) != 0;
      return app::run_eval_sweep(*options, std::cin, std::cout);
    };
  });
  return command;
}

/// What stands before `plan` or `sweep` is eval's own and would do nothing; the log's flags hold for all commands.
void refuse_own_options(const CLI::App& eval, const std::string& command) {
  for (const auto* option : eval.get_options()) {
    const auto name = option->get_single_name();
    if (option->count() == 0 || name == "quiet" || name == "log-level") continue;
    const auto spelled = option->get_positional() ? option->results().front() : "--" + name;
    throw UsageError("eval " + command + ": expected its flags behind it, got " + spelled + " before it");
  }
}

}  // namespace

void add_eval(CLI::App& program, CommonOptions& common, Action& action) {
  auto* command = program.add_subcommand("eval", "the paper's figures of edits, side by side");
  auto options = std::make_shared<app::EvalOptions>();
  command
      ->add_option("methods", options->methods, "FILE or NAME=FILE: records of a run, or a CSV source,edited,AU1,...")
      ->type_name("METHOD");
  command->add_option("-o,--out", options->out, "also write .txt, .md, .tex, .csv, .json, .svg or .png; repeatable")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command->add_flag("--overwrite", options->overwrite, "replace existing files");
  command->add_flag("--json", options->json, "JSON on stdout, with every pair");
  command->add_option("--truth", options->truth, "folder with what the edits should look like, by name: PSNR and SSIM")
      ->type_name("FOLDER");
  command
      ->add_option("--au-table", options->au_tables,
                   "OpenFace's or LibreFace's CSV instead of the estimator; repeatable")
      ->type_name("PATH")
      ->allow_extra_args(false);
  command
      ->add_option("--identity-table", options->identity_tables,
                   "vectors of any network, instead of the bundle's; repeatable")
      ->type_name("PATH")
      ->allow_extra_args(false);
  command
      ->add_option("--pose-table", options->pose_tables,
                   "head pose by any program (OpenFace's radians, or degrees), instead of the bundle's; repeatable")
      ->type_name("PATH")
      ->allow_extra_args(false);
  command->add_option("--confidence", options->bootstrap.confidence, "of the intervals; default 0.95")->type_name("X");
  command->add_option("--draws", options->bootstrap.draws, "of the bootstrap; default 1000")->type_name("N");
  command->add_option("--seed", options->bootstrap.seed, "of the bootstrap; default 0")->type_name("N");
  add_bundle_flag(*command, options->bundle);
  add_compute(*command, options->compute);
  add_common(*command, common);
  const auto* plan = add_plan(*command, common, action);
  const auto* sweep = add_sweep(*command, common, action);
  command->footer(
      "Examples:\n  magicface eval run/records.jsonl --out figures.json --out figures.svg\n"
      "  magicface eval Ours=run/ DeltaEdit=deltaedit.csv --out table.tex\n"
      "  magicface eval 1=g1/ 2=g2/ 3=g3/ --out guidance.svg   (numbers make a curve)");
  command->callback([&action, &common, options, command, plan, sweep] {
    for (const auto* own : {plan, sweep}) {
      if (!own->parsed()) continue;
      refuse_own_options(*command, own->get_name());
      return;
    }
    action = [&common, options] {
      options->progress = !common.quiet && ::isatty(STDERR_FILENO) != 0;
      return app::run_eval(*options, std::cout);
    };
  });
}

}  // namespace magicface::cli
