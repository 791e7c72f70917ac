// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "magicface/app/edit_job.hpp"
#include "magicface/measure/bootstrap.hpp"

namespace magicface::app {

/// `magicface eval`: the paper's figures of edited pictures (docs/evaluation.md).
struct EvalOptions {
  std::vector<std::string> methods;           ///< FILE or NAME=FILE: records of runs, or CSV files of pairs
  std::optional<std::filesystem::path> truth; ///< folder with what the edits should look like, by stem
  std::vector<std::filesystem::path> au_tables;  ///< intensities of OpenFace or LibreFace, instead of the bundle's estimator
  std::vector<std::filesystem::path> out;     ///< files of tables and plots, by extension
  bool overwrite = false;
  bool json = false;                          ///< on stdout, instead of text
  bool progress = false;                      ///< draw a progress line on stderr
  std::optional<std::string> bundle;
  pipeline::ComputeOptions compute;
  measure::BootstrapOptions bootstrap;
};

/// `failed` counts pairs with problems; each is named in the log.
/// @throws NoInputError, UsageError, BundleError before a model is loaded; Cancelled between two pairs.
JobResult run_eval(const EvalOptions& options, std::ostream& out);

/// `magicface eval plan`: the paper's protocol as a job file.
struct EvalPlanOptions {
  std::vector<std::string> people;             ///< portraits: files, folders, globs
  std::filesystem::path out = "plan.jsonl";
  bool overwrite = false;
  std::size_t count = 20;                      ///< people, from 1; drawn when more are there
  std::vector<double> levels{1, 2, 3, 4, 5};   ///< variations of each action unit alone
  std::size_t combinations = 387;              ///< of 2 to 4 action units, for each person
  std::uint64_t seed = 0;
  std::optional<std::string> bundle;           ///< whose action units
};

/// Writes one line per person with all edits, so that each portrait is encoded once; prints the path.
/// @throws NoInputError when there are fewer people, UsageError, BundleError.
JobResult run_eval_plan(const EvalPlanOptions& options, std::istream& list, std::ostream& out);

}  // namespace magicface::app
