// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace magicface::app {

/// The fields of one line of CSV (RFC 4180); nothing when its quotes are broken. A field holds no line break here, so
/// that a broken line never swallows the next.
std::optional<std::vector<std::string>> parse_csv_row(const std::string& line);

/// The fields as one line of CSV without a newline; line breaks inside become spaces.
std::string format_csv_row(const std::vector<std::string>& fields);

}  // namespace magicface::app
