// SPDX-License-Identifier: Apache-2.0
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iostream>
#include <memory>

#include "commands.hpp"
#include "magicface/app/check_job.hpp"

namespace magicface::cli {

void add_check(CLI::App& program, CommonOptions& common, Action& action) {
  auto* command = program.add_subcommand("check", "compare a run with a stored one: exit 1 on drift");
  auto options = std::make_shared<app::CheckOptions>();
  command->add_option("run", options->run, "records of the run, or their folder")->type_name("RUN")->required();
  command->add_option("stored", options->baseline, "the stored run: its folder")->type_name("STORED")->required();
  command->add_option("--tolerances", options->tolerances, "JSON; without it everything must be exact")->type_name("FILE");
  command->add_flag("--figures", options->figures, "evaluate the run and compare with the stored figures, too");
  command->add_flag("--update", options->update, "accept: store the run");
  command->add_flag("--json", options->json, "one JSON object per drift");
  add_bundle_flag(*command, options->bundle);
  add_compute(*command, options->compute);
  add_common(*command, common);
  command->footer(
      "Examples:\n  magicface check run/ baseline/ --update\n"
      "  magicface check run/ baseline/ --tolerances tolerances.json --figures");
  command->callback([&action, options] { action = [options] { return app::run_check(*options, std::cout); }; });
}

}  // namespace magicface::cli
