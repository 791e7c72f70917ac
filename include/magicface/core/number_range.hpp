// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace magicface {

/// The numbers that "2.5", "1:5" or "-6:6:2" (FIRST:LAST:STEP) stand for, in this order, LAST included where a step
/// meets it; the direction is from FIRST to LAST, and 0:1:0.1 has its 0.3.
/// @param name what the text was given for, for messages: "--guidance". @throws UsageError: no number, a step of 0 or
/// less, more than `most` values.
std::vector<double> read_number_range(const std::string& name, const std::string& text, std::size_t most);

}  // namespace magicface
