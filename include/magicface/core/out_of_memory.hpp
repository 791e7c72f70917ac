// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>

namespace magicface {

/// Whether a failure says that memory ran out, in the words of the allocators below us: TorchScript passes them on as
/// plain runtime errors, so the text is all there is.
bool says_out_of_memory(const std::exception& failure);

}  // namespace magicface
