// SPDX-License-Identifier: Apache-2.0
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iostream>
#include <memory>

#include "commands.hpp"
#include "magicface/app/estimate_job.hpp"

namespace magicface::cli {

void add_estimate(CLI::App& program, CommonOptions& common, Action& action) {
  auto* command = program.add_subcommand("estimate", "AU intensities (0 to 5) of every face, as CSV or JSON");
  auto options = std::make_shared<app::EstimateOptions>();
  auto columns = std::make_shared<std::optional<std::string>>();
  add_inputs(*command, options->inputs);
  command->add_option("-o,--out", options->out, "file for the table; else stdout")->type_name("FILE");
  command->add_flag("--overwrite", options->overwrite, "replace an existing file");
  command->add_option("--columns", *columns, "openface (AU01_r) or libreface (au_1_intensity)")->type_name("NAME");
  command->add_flag("--landmarks", options->landmarks, "add the 68 landmarks of each face");
  command->add_flag("--json", common.json, "one JSON object per face");
  add_limits(*command, options->limits);
  add_bundle_flag(*command, options->bundle);
  add_compute(*command, options->compute);
  add_common(*command, common);
  command->footer(
      "Examples:\n  magicface estimate --in portraits/ > aus.csv\n"
      "  magicface estimate --in 'day1/*.jpg' --columns libreface --out aus.csv\n"
      "  magicface estimate --in face.png --json --landmarks");
  command->callback([&action, &common, options, columns] {
    action = [&common, options, columns] {
      options->json = common.json;
      if (*columns) options->columns = face::au_columns_from_name(**columns);
      return app::run_estimate(*options, std::cin, std::cout);
    };
  });
}

}  // namespace magicface::cli
