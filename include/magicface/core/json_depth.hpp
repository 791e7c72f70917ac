// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace magicface {

/// Whether lists and objects nest deeper than anything this program reads. Who walks through a value does so by
/// recursion, and a file of nothing but brackets would end the process.
bool nests_too_deep(std::string_view json);

}  // namespace magicface
