// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <string>

#include "magicface/app/edit_job.hpp"

namespace magicface::cli {

/// Flags that every command understands.
struct CommonOptions {
  std::string log_level = "info";
  bool quiet = false;
  bool json = false;
};

/// What runs after the flags were parsed. Empty: nothing was asked for.
using Action = std::function<app::JobResult()>;

void add_edit(CLI::App& program, CommonOptions& common, Action& action);
void add_estimate(CLI::App& program, CommonOptions& common, Action& action);
void add_eval(CLI::App& program, CommonOptions& common, Action& action);
void add_check(CLI::App& program, CommonOptions& common, Action& action);
void add_bench(CLI::App& program, CommonOptions& common, Action& action);
void add_report(CLI::App& program, CommonOptions& common, Action& action);
void add_parse(CLI::App& program, CommonOptions& common, Action& action);
void add_merge(CLI::App& program, CommonOptions& common, Action& action);
void add_bundle(CLI::App& program, CommonOptions& common, Action& action);

// Pieces that several commands share.
void add_batch(CLI::App& command, app::EditOptions& options);
/// @throws UsageError for a flag beside --from-record that the record decides.
void expect_only_flags_of_records(const CLI::App& command);
void add_common(CLI::App& command, CommonOptions& common);
void add_inputs(CLI::App& command, std::vector<std::string>& inputs);
void add_limits(CLI::App& command, image::ReadLimits& limits);
void add_compute(CLI::App& command, pipeline::ComputeOptions& compute);
void add_bundle_flag(CLI::App& command, std::optional<std::string>& bundle);

}  // namespace magicface::cli
