// SPDX-License-Identifier: Apache-2.0
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iostream>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "commands.hpp"
#include "magicface/app/merge_job.hpp"
#include "magicface/core/error.hpp"

namespace magicface::cli {
namespace {

constexpr const char* kExamples =
    "Examples (docs/batch.md):\n"
    "  magicface edit --jobs set/jobs.jsonl --out edited --resume\n"
    "  magicface edit --in photos/ --au AU12=3 --out edited --shard 2/4\n"
    "  magicface edit --from-record edited/records.jsonl:17\n";

std::vector<CLI::Option*> add_flags(CLI::App& command, app::BatchOptions& batch, pipeline::ComputeOptions& compute) {
  return {
      command.add_option("--jobs", batch.jobs, "JSONL or CSV: a picture with its own edits per line; - reads a pipe")
          ->type_name("FILE"),
      command.add_flag("--allow-outside", batch.allow_outside, "paths of --jobs may leave their folders"),
      command.add_flag("--dry-run", batch.dry_run, "print what would be made"),
      command.add_flag("--resume", batch.resume, "make only what isn't made yet, or has changed"),
      command.add_flag("--retry-failed", batch.retry_failed, "make only what the records say failed"),
      command.add_flag_callback(
          "--halt-on-error", [&batch] { batch.max_failures = 1; }, "stop after the first failure"),
      command.add_option("--max-failures", batch.max_failures, "stop after N failures")->type_name("N"),
      command.add_option("--shard", batch.shard, "this machine's part; auto or auto/N in an array job")
          ->type_name("I/N"),
      command.add_option("--records", batch.records, "default: records.jsonl in the output folder")
          ->type_name("FILE|none"),
      command.add_option("--csv", batch.csv, "the records as a table")->type_name("FILE"),
      command.add_option("--from-record", batch.from_record, "make a recorded item again")->type_name("FILE:LINE"),
      command.add_flag("--cuda-graphs", compute.cuda_graphs,
                       "on a GPU: replay recorded steps, which many batches share"),
  };
}

}  // namespace

/// A page of their own: with them, the command's help would not fit a screen.
void add_batch(CLI::App& command, app::EditOptions& options) {
  const auto flags = add_flags(command, options.batch, options.compute);
  for (auto* flag : flags) flag->group("");
  const auto show = [&command, flags] {
    std::cout << "Flags of batches: " << command.get_name() << " takes them beside all others.\n";
    CLI::Formatter formatter;
    formatter.column_width(34);  // as main sets it for all pages
    for (auto* flag : flags) {
      flag->group("Options");  // CLI11 gives hidden flags no name
      std::cout << formatter.make_option(flag, false);
    }
    std::cout << '\n' << kExamples;
    throw CLI::Success();
  };
  command.add_flag_callback("--help-batch", show, "flags of batches: --jobs, --resume, --shard, ...");
}

/// Before the rest is looked at: what else is wrong with such a flag doesn't matter.
void expect_only_flags_of_records(const CLI::App& command) {
  static const std::set<std::string> kAllowed{
      "from-record", "in",      "out", "overwrite", "bundle", "device",     "dtype",         "threads",   "low-memory",
      "cuda-graphs", "records", "csv", "dry-run",   "json",   "max-pixels", "max-file-size", "log-level", "quiet"};
  if (command.count("--from-record") == 0) return;
  for (const auto* option : command.get_options()) {
    const auto& names = option->get_lnames();  // a picture without --in has none
    if (option->count() == 0 || names.empty() || kAllowed.contains(names.front())) continue;
    throw UsageError("--from-record: expected no --" + names.front() +
                     " beside it, as the record says it; beside it go --in (where the portrait is now), --out, "
                     "--overwrite, --bundle, --records, --csv, --dry-run, --json, limits and compute flags");
  }
}

void add_merge(CLI::App& program, CommonOptions& common, Action& action) {
  auto* command =
      program.add_subcommand("merge", "join the records of shards, and check that nothing is missing or double");
  auto options = std::make_shared<app::MergeOptions>();
  command->add_option("records", options->records, "record files, or folders of them")->type_name("PATH")->required();
  command->add_option("-o,--out", options->out, "the joined records; default: stdout")->type_name("FILE");
  command->add_option("--csv", options->csv, "a table for people, too")->type_name("FILE");
  command->add_flag("--overwrite", options->overwrite, "replace existing files");
  add_common(*command, common);
  command->footer("Example:\n  magicface merge edited/ --out edited/records.jsonl --csv edited.csv");
  command->callback([&action, options] { action = [options] { return app::run_merge(*options, std::cout); }; });
}

}  // namespace magicface::cli
