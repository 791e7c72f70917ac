// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "magicface/pipeline/options.hpp"
#include "recorded_run.hpp"

namespace magicface::app {

/// With what a stored run is made again; what isn't said, its records say.
struct AgainOptions {
  std::optional<std::string> bundle;  ///< unset: the recorded one, or the default one where that is gone
  pipeline::ComputeOptions compute;
  bool progress = false;
};

/// Makes every item of `stored` again into `folder`, in the recorded batches, loading each bundle once. The items come
/// back in the stored order with the stored keys and parameters. What can't be made is a failed item; a broken line of
/// a job file, which has no parameters, is left as it is, with a warning.
/// @throws UsageError when the folder has anything in it or a record isn't as documented, BundleError, Cancelled
RecordedRun make_again(const RecordedRun& stored, const std::filesystem::path& folder, const AgainOptions& options);

}  // namespace magicface::app
