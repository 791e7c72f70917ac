// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "magicface/app/batch_options.hpp"
#include "magicface/app/edit_wishes.hpp"
#include "magicface/app/output_plan.hpp"
#include "magicface/face/selection.hpp"
#include "magicface/image/picture.hpp"
#include "magicface/pipeline/options.hpp"

namespace magicface::app {

/// Everything `magicface edit` can be told. Flags bind to this; the job never sees the parser.
struct EditOptions {
  std::vector<std::string> inputs;  ///< files, folders, globs, or `-` for a list on stdin
  OutputOptions output;
  std::vector<std::string> au;    ///< each one an edit: "AU4=-6,AU12=2.5"
  ExpressionOptions expressions;  ///< edits by target, preset, example or table
  SeedOptions seeds;
  SheetOptions sheets;
  std::string release_au;             ///< the release's --au_test: "AU4+AU1"
  std::string release_variation;      ///< the release's --AU_variation: "4+2"
  std::optional<std::string> bundle;  ///< name or path; unset: MAGICFACE_BUNDLE, else the embedded one
  pipeline::SamplingOptions sampling;
  pipeline::ComputeOptions compute;
  pipeline::Crop crop = pipeline::Crop::automatic;
  std::optional<std::filesystem::path> condition;  ///< a file, or a folder matched by stem; with Crop::none only
  pipeline::Composite composite = pipeline::Composite::automatic;
  face::FaceChoice face;  ///< which faces of a picture
  pipeline::MaskPolicy mask_policy = pipeline::MaskPolicy::bundle;
  std::optional<std::filesystem::path> mask;  ///< white: may change; a file, or a folder matched by stem
  std::optional<std::uint64_t> seed;          ///< unset: the bundle's default
  std::optional<int> quality;                 ///< 1 to 100, for formats that lose; unset: as the input was coded
  bool metadata = true;      ///< false: outputs carry no EXIF, XMP and texts, only what their colours need
  image::ReadLimits limits;  ///< of the inputs
  bool overwrite = false;
  bool json = false;      ///< one JSON object per edit instead of one path per line
  bool progress = false;  ///< draw a progress line on stderr
  BatchOptions batch;
};

/// How a job ended; what `failed` holds was reported one by one.
struct JobResult {
  std::size_t made = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;  ///< made by an earlier run, and as they would be made now
};

/// Runs the job. Failed items are reported and the others go on.
/// @throws UsageError, BundleError, NoInputError before a model is loaded; Cancelled between two denoising steps.
JobResult run_edit(const EditOptions& options, std::istream& list, std::ostream& out);

}  // namespace magicface::app
