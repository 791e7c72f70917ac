// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "edit_requests.hpp"

namespace magicface::app {

/// The edits of --target, --preset, --like, --neutralise and --au-file: asked, like, flag and warnings are set.
/// @throws UsageError: contradictions, a file that can't be read
std::vector<EditRequest> expression_requests(const ExpressionOptions& options, const face::AuVocabulary& vocabulary);

}  // namespace magicface::app
