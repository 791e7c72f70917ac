// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "magicface/app/edit_job.hpp"

namespace magicface::app {

/// Runs `work` for every input (see expand_inputs); what it throws about one picture fails that picture only.
/// @throws UsageError, BundleError, NoInputError, Cancelled
JobResult for_each_input(const std::vector<std::string>& names, std::istream& list,
                         const std::function<void(const std::filesystem::path&)>& work);

}  // namespace magicface::app
