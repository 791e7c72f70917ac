// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iostream>
#include <memory>

#include "commands.hpp"
#include "magicface/app/report_job.hpp"

namespace magicface::cli {

void add_report(CLI::App& program, CommonOptions& common, Action& action) {
  auto* command = program.add_subcommand("report", "runs as one HTML page: before and after, AUs, figures, failures");
  auto options = std::make_shared<app::ReportOptions>();
  command->add_option("runs", options->runs, "records of runs, or their folders")->type_name("RUN")->required();
  command->add_option("-o,--out", options->out, "the page; default report.html")->type_name("FILE");
  command->add_flag("--overwrite", options->overwrite, "replace an existing file");
  command->add_option("--figures", options->figures, "what eval --out FILE.json wrote about these runs")
      ->type_name("FILE");
  command->add_option("--size", options->size, "long side of the pictures in pixels; default 320")->type_name("N");
  command->add_option("--quality", options->quality, "of their WebP, 1 to 100; default 80")->type_name("N");
  add_common(*command, common);
  command->footer(
      "Examples:\n  magicface report run/\n"
      "  magicface eval run/ --out figures.json && magicface report run/ --figures figures.json --out run.html");
  command->callback([&action, &common, options] {
    action = [&common, options] {
      options->progress = !common.quiet && ::isatty(STDERR_FILENO) != 0;
      return app::run_report(*options, std::cout);
    };
  });
}

}  // namespace magicface::cli
