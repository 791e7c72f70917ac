// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

#include "magicface/app/bench_job.hpp"

namespace magicface::app {

/// What a run is measured on.
struct BenchInput {
  std::filesystem::path portrait;
  pipeline::PortraitOptions options;
  bool needs_faces() const { return options.crop == pipeline::Crop::automatic || !options.condition; }
};

/// The picture that was named, or the sample portrait beside the program. @throws NoInputError
std::filesystem::path bench_portrait(const BenchOptions& options);

/// The portrait as it is for size 0. Else its middle square at that size beside a condition image (the portrait again
/// where none was named: what it shows doesn't matter to the time), both written into `scratch`.
BenchInput bench_input(const BenchOptions& options, int size, const std::filesystem::path& scratch);

}  // namespace magicface::app
