// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "edit_requests.hpp"

namespace magicface::app {

/// Flags that contradict each other or miss the one they belong to. @throws UsageError
void check_expressions(const ExpressionOptions& options);

/// The edits of --target, --preset, --like, --neutralise and --au-file: asked, like, flag and warnings are set.
/// Expects that check_expressions has passed. @throws UsageError: wrong values, a file that can't be read
std::vector<EditRequest> expression_requests(const ExpressionOptions& options, const face::AuVocabulary& vocabulary);

}  // namespace magicface::app
