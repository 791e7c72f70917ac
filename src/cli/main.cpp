// SPDX-License-Identifier: Apache-2.0
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "commands.hpp"
#include "magicface/app/bundle_jobs.hpp"
#include "magicface/core/cancellation.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/log.hpp"
#include "magicface/core/machine.hpp"
#include "magicface/core/text.hpp"

namespace {

// docs/cli.md: stable under semantic versioning.
enum ExitCode { kDone = 0, kItemFailed = 1, kUsage = 2, kNoInput = 3, kStopped = 75 };

int complain(const std::exception& problem, int code) {
  magicface::log::error(problem.what());
  return code;
}

/// CLI11 only says that a command is missing, whatever stands in its place: for the program, and for commands of
/// commands.
void refuse_unknown_command(const CLI::App& command, int argc, char** argv, int place = 1) {
  if (command.get_require_subcommand_min() == 0 || place >= argc) return;
  const std::string word = argv[place];
  std::vector<std::string> known;
  for (const auto* flag : command.get_options()) {
    if (flag->check_name(word)) return;
    known.push_back("--" + flag->get_single_name());
  }
  for (const auto* next : command.get_subcommands({})) {
    if (next->get_name() == word) return refuse_unknown_command(*next, argc, argv, place + 1);
    known.push_back(next->get_name());
  }
  throw magicface::UsageError("expected a command, got '" + word + "'; the nearest is '" +
                              magicface::nearest(word, known) + "', and --help lists them all");
}

int run(int argc, char** argv) {
  using namespace magicface;
  install_signal_handlers();
  CLI::App program("magicface - edits facial expressions by FACS action units (MagicFace, arXiv 2501.02260)",
                   "magicface");
  program.set_version_flag("-V,--version", std::string("magicface ") + app::version());
  program.require_subcommand(1);
  program.get_formatter()->column_width(34);
  program.footer(
      "Run 'magicface COMMAND --help' for a command's flags.\n"
      "Example:\n  magicface edit --in portrait.png --au AU12=4");
  cli::CommonOptions common;
  cli::Action action;
  cli::add_edit(program, common, action);
  cli::add_estimate(program, common, action);
  cli::add_parse(program, common, action);
  cli::add_merge(program, common, action);
  cli::add_eval(program, common, action);
  cli::add_check(program, common, action);
  cli::add_report(program, common, action);
  cli::add_bench(program, common, action);
  cli::add_bundle(program, common, action);
  try {
    refuse_unknown_command(program, argc, argv);
    program.parse(argc, argv);
  } catch (const UsageError& problem) {
    return complain(problem, kUsage);
  } catch (const CLI::ParseError& problem) {
    if (problem.get_exit_code() == 0) return program.exit(problem);  // --help, --version
    return complain(problem, kUsage);
  }
  try {
    log::set_level(common.quiet ? "error" : common.log_level);
    const auto result = action();
    return result.failed > 0 ? kItemFailed : kDone;
  } catch (const NoInputError& problem) {
    return complain(problem, kNoInput);
  } catch (const UsageError& problem) {
    return complain(problem, kUsage);
  } catch (const BundleError& problem) {
    return complain(problem, kUsage);
  } catch (const Cancelled& problem) {
    return complain(problem, kStopped);
  } catch (const std::exception& problem) {
    return complain(problem, kItemFailed);
  }
}

}  // namespace

/// Everything of ours is closed when `run` is done. LibTorch would go on to take its operators apart one by one, a
/// quarter of the time of a whole `--help`; the kernel frees memory at once.
int main(int argc, char** argv) {
  magicface::prefer_huge_pages();
  const int code = run(argc, argv);
  std::cout.flush();
  std::fflush(nullptr);
  std::_Exit(code);
}
