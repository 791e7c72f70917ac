// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace magicface {

/// RFC 4648's base64 with padding and without line breaks, as data: addresses want it.
std::string base64(const std::vector<std::uint8_t>& bytes);

}  // namespace magicface
