// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Text helpers that never look at the locale: a comma locale must not change what `-2.5` means.
namespace magicface {

/// Decimal number filling the whole of `text` ("+2.5", "-6", "1e-3"); nullopt for anything else, NaN and infinity
/// included.
std::optional<double> parse_number(std::string_view text);

/// Shortest spelling that reads back as the same double: "2.5", "-6".
std::string format_number(double value);

/// With this many decimals, trailing zeros included: "2.50".
std::string format_fixed(double value, int decimals);

/// A size in pixels as messages spell it: "640 x 480".
std::string size_text(std::int64_t width, std::int64_t height);

std::string trim(std::string_view text);
/// With a to z for A to Z, whatever the locale.
std::string lower_case(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// The candidate with the smallest edit distance, case ignored; empty without candidates.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace magicface
