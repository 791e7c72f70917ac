// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"
#include "face_flags.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iostream>
#include <memory>

#include "magicface/app/bundle_jobs.hpp"
#include "magicface/app/parse_job.hpp"

namespace magicface::cli {

void add_common(CLI::App& command, CommonOptions& common) {
  command.add_option("--log-level", common.log_level, "debug, info, warn, error or off")->type_name("LEVEL");
  command.add_flag("-q,--quiet", common.quiet, "only errors on stderr, no progress");
}

void add_inputs(CLI::App& command, std::vector<std::string>& inputs) {
  const std::function<void(const std::vector<std::string>&)> append = [&inputs](const std::vector<std::string>& names) {
    inputs.insert(inputs.end(), names.begin(), names.end());
  };
  // Two options, not one with a position: --in takes one name a time, and after `--` any number of names may follow.
  command.add_option_function("-i,--in", append, "files, folders, globs; - reads a list from stdin")
      ->type_name("PICTURE")
      ->allow_extra_args(false);
  command.add_option_function("pictures", append, "the same without --in; after -- names may begin with -")
      ->type_name("PICTURE");
}

void add_compute(CLI::App& command, pipeline::ComputeOptions& compute) {
  command.add_option("--device", compute.device, "auto, cpu, cuda or cuda:N")->type_name("NAME");
  command.add_option("--threads", compute.threads, "0: all cores")->type_name("N");
}

void add_bundle_flag(CLI::App& command, std::optional<std::string>& bundle) {
  command.add_option("--bundle", bundle, "name or folder; else MAGICFACE_BUNDLE, else the embedded one")
      ->type_name("NAME|PATH");
}

void add_parse(CLI::App& program, CommonOptions& common, Action& action) {
  auto* command = program.add_subcommand("parse", "write crop, condition image, class map, contour, mask and overlay");
  auto options = std::make_shared<app::ParseOptions>();
  auto faces = std::make_shared<FaceWords>();
  add_inputs(*command, options->inputs);
  add_limits(*command, options->limits);
  command->add_option("-o,--out", options->out, "folder, made if missing")->type_name("FOLDER");
  command->add_flag("--overwrite", options->overwrite, "replace existing files");
  add_face_flags(*command, *faces);
  add_bundle_flag(*command, options->bundle);
  add_compute(*command, options->compute);
  add_common(*command, common);
  command->footer("Example:\n  magicface parse --in face.png --out parsed/");
  command->callback([&action, options, faces] {
    action = [options, faces] {
      options->face = faces->choice();
      options->mask_policy = faces->policy();
      return app::run_parse(*options, std::cin, std::cout);
    };
  });
}

void add_bundle(CLI::App& program, CommonOptions& common, Action& action) {
  auto* command = program.add_subcommand("bundle", "list, show and verify model bundles");
  command->require_subcommand(1);
  auto name = std::make_shared<std::optional<std::string>>();
  using Job = app::JobResult (*)(const std::optional<std::string>&, bool, std::ostream&);
  const auto add = [&](const char* verb, const char* text, Job job) {
    auto* sub = command->add_subcommand(verb, text);
    sub->add_option("bundle,--bundle", *name, "name or folder; else MAGICFACE_BUNDLE, else the embedded one")
        ->type_name("NAME|PATH");
    sub->add_flag("--json", common.json, "JSON on stdout");
    sub->callback([&action, &common, name, job] {
      action = [&common, name, job] { return job(*name, common.json, std::cout); };
    });
  };
  auto* list = command->add_subcommand("list", "bundles that can be named");
  list->add_flag("--json", common.json, "JSON on stdout");
  list->callback([&action, &common] { action = [&common] { return app::list_bundles(common.json, std::cout); }; });
  add("show", "what a bundle is and holds", &app::show_bundle);
  add("verify", "check size and sha256 of every file", &app::verify_bundle);
  command->footer("Examples:\n  magicface bundle list\n  magicface bundle verify models/demo");
}

}  // namespace magicface::cli
