// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "magicface/app/edit_job.hpp"
#include "magicface/face/action_units.hpp"
#include "magicface/models/manifest.hpp"

namespace magicface::app {

/// One edit as it was asked for, the same for every face it is applied to.
struct EditRequest {
  face::ActionUnits variation;        ///< in the bundle's order
  std::uint64_t seed = 0;
  std::string label;                  ///< {edit} of the output's name
  std::vector<std::string> warnings;  ///< values beyond the bundle's range
};

/// The edits of the command line, in its order; warnings are logged here, once. @throws UsageError
std::vector<EditRequest> parse_requests(const EditOptions& options, const models::Manifest& manifest);

}  // namespace magicface::app
