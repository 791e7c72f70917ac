// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iostream>
#include <memory>

#include "commands.hpp"
#include "magicface/app/check_job.hpp"
#include "magicface/core/error.hpp"

namespace magicface::cli {

void add_check(CLI::App& program, CommonOptions& common, Action& action) {
  auto* command = program.add_subcommand("check", "compare a run with a stored one: exit 1 on drift");
  auto options = std::make_shared<app::CheckOptions>();
  command->add_option("run", options->run, "records of the run, or their folder; with --run-again the stored one")
      ->type_name("RUN")
      ->required();
  command->add_option("stored", options->baseline, "the stored run: its folder")->type_name("STORED");
  command->add_flag("--run-again", options->again, "make the stored run again, from its records, and compare that");
  command->add_option("-o,--out", options->out, "where --run-again keeps its pictures; default: nowhere")
      ->type_name("FOLDER");
  command
      ->add_option("--tolerances", options->tolerances, "JSON; without it everything must be exact, AU change to 0.001")
      ->type_name("FILE");
  command->add_flag("--figures", options->figures, "evaluate the run and compare with the stored figures, too");
  command->add_flag("--update", options->update, "accept: store the run");
  command->add_flag("--json", options->json, "one JSON object per drift");
  add_bundle_flag(*command, options->bundle);
  add_compute(*command, options->compute);
  add_common(*command, common);
  command->footer(
      "Examples:\n  magicface check run/ baseline/ --update\n"
      "  magicface check run/ baseline/ --tolerances tolerances.json --figures\n"
      "  magicface check --run-again baseline/ --out now/");
  command->callback([&action, &common, options] {
    action = [&common, options] {
      if (options->again != options->baseline.empty()) {
        throw UsageError(
            options->again
                ? "check --run-again: expected the stored run alone, got two"
                : "check: expected a run and a stored one, got one; to make the stored one again: --run-again");
      }
      if (options->again) options->baseline = options->run;
      options->progress = !common.quiet && ::isatty(STDERR_FILENO) != 0;
      return app::run_check(*options, std::cout);
    };
  });
}

}  // namespace magicface::cli
