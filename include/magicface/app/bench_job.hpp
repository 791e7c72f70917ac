// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "magicface/app/edit_job.hpp"

namespace magicface::app {

/// `magicface bench`: where the time and the memory of an edit go (docs/performance.md). The first value of each list
/// is the base; every further one is measured with all else at the base, so that each list is an axis of a figure.
struct BenchOptions {
  std::optional<std::filesystem::path> input;  ///< unset: the sample portrait that comes with the program
  std::vector<int> batch{1};                   ///< edits sampled together
  std::vector<int> threads{0};                 ///< 0: LibTorch's choice
  std::vector<int> steps;                      ///< empty: the bundle's
  std::vector<int> size;  ///< sides in pixels, implies no crop and no face networks; empty: as `edit` does it
  std::optional<std::string> bundle;
  pipeline::SamplingOptions sampling;  ///< its steps are ignored
  pipeline::ComputeOptions compute;    ///< its threads and batch size are ignored
  pipeline::Crop crop = pipeline::Crop::automatic;
  std::optional<std::filesystem::path> condition;
  int repeat = 5;  ///< timed runs
  int warmup = 1;  ///< runs before them, from 1: the first one loads face networks
  int reuse = 0;   ///< also: so many edits of one portrait against so many runs of one edit
  std::optional<std::filesystem::path> compare;  ///< what an earlier run's --json said
  std::optional<std::filesystem::path> plot;     ///< .svg or .png
  bool overwrite = false;
  bool json = false;
  bool progress = false;
};

/// @throws UsageError, BundleError, NoInputError before a model is loaded; ItemError when the portrait can't be edited;
/// Cancelled.
JobResult run_bench(const BenchOptions& options, std::ostream& out);

}  // namespace magicface::app
