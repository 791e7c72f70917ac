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
  std::vector<std::string> methods;            ///< FILE or NAME=FILE: records of runs, or CSV files of pairs
  std::optional<std::filesystem::path> truth;  ///< folder with what the edits should look like, by stem
  std::vector<std::filesystem::path>
      au_tables;  ///< intensities of OpenFace or LibreFace, instead of the bundle's estimator
  std::vector<std::filesystem::path> identity_tables;  ///< vectors of any network, instead of the bundle's
  std::vector<std::filesystem::path> pose_tables;      ///< head pose by any program, instead of the bundle's
  std::string axis = "Method";                         ///< what the names of the methods are: "guidance" in a sweep
  std::vector<std::filesystem::path> out;              ///< files of tables and plots, by extension
  bool overwrite = false;
  bool json = false;      ///< on stdout, instead of text
  bool progress = false;  ///< draw a progress line on stderr
  std::optional<std::string> bundle;
  pipeline::ComputeOptions compute;
  measure::BootstrapOptions bootstrap;
};

/// `failed` counts pairs with problems; each is named in the log.
/// @throws NoInputError, UsageError, BundleError before a model is loaded; Cancelled between two pairs.
JobResult run_eval(const EvalOptions& options, std::ostream& out);

/// `magicface eval plan`: the paper's protocol as a job file.
struct EvalPlanOptions {
  std::vector<std::string> people;  ///< portraits: files, folders, globs
  std::filesystem::path out = "plan.jsonl";
  bool overwrite = false;
  std::size_t count = 20;                     ///< people, from 1; drawn when more are there
  std::vector<double> levels{1, 2, 3, 4, 5};  ///< variations of each action unit alone
  std::size_t combinations = 387;             ///< of 2 to 4 action units, for each person
  std::uint64_t seed = 0;
  std::optional<std::string> bundle;  ///< whose action units
};

/// Writes one line per person with all edits, so that each portrait is encoded once; prints the path.
/// @throws NoInputError when there are fewer people, UsageError, BundleError.
JobResult run_eval_plan(const EvalPlanOptions& options, std::istream& list, std::ostream& out);

/// `magicface eval sweep`: a job at several values of one setting, and the figures over it (the paper's Table IV).
struct EvalSweepOptions {
  EditOptions edit;  ///< the job (`batch.jobs`) and what is the same at every value; `output.out` is the sweep's folder
  /// Each "1:5:0.5" or "1,2.5,4"; of the three, one has several values, the others one or none (the bundle's default).
  std::string guidance, steps, samplers;
  EvalOptions eval;  ///< tables, truth, intervals, `json`; the methods and `out` are the sweep's own
};

/// Edits at each value into a folder of its own, such as `guidance-1.5`, loading the bundle once; makes only what isn't
/// made yet, so that the same command goes on with a sweep that was stopped. Then evaluates all, prints the table, and
/// writes `figures.md`, `.tex`, `.csv`, `.json`, `.svg` and `.png` into the folder.
/// @throws UsageError, also when a folder holds edits that aren't the job's; NoInputError, BundleError, Cancelled
JobResult run_eval_sweep(const EvalSweepOptions& options, std::istream& list, std::ostream& out);

}  // namespace magicface::app
