// SPDX-License-Identifier: Apache-2.0
#include <CLI/Error.hpp>
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "commands.hpp"
#include "magicface/core/text.hpp"

namespace magicface::cli {
namespace {

/// "200M": a number and a power of `thousand` (K, M, G), with or without the letter of its `unit` ("200MP").
std::int64_t parse_amount(const std::string& flag, std::string text, double thousand, char unit) {
  const std::string given = text;
  constexpr std::string_view kPowers = "KMG";
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
  std::transform(text.begin(), text.end(), text.begin(), upper);
  if (text.ends_with(unit)) text.pop_back();
  double factor = 1;
  if (const auto power = text.empty() ? kPowers.npos : kPowers.find(text.back()); power != kPowers.npos) {
    factor = std::pow(thousand, static_cast<double>(power + 1));
    text.pop_back();
  }
  const double amount = parse_number(text).value_or(0) * factor;
  if (amount < 1 || amount > 1e15) {
    throw CLI::ValidationError(flag, "expected a number from 1, e.g. 200M, got '" + given + "'");
  }
  return static_cast<std::int64_t>(amount);
}

}  // namespace

void add_limits(CLI::App& command, image::ReadLimits& limits) {
  const std::function<void(const std::string&)> pixels = [&limits](const std::string& text) {
    limits.max_pixels = parse_amount("--max-pixels", text, 1000, 'P');
  };
  const std::function<void(const std::string&)> bytes = [&limits](const std::string& text) {
    limits.max_bytes = static_cast<std::uintmax_t>(parse_amount("--max-file-size", text, 1024, 'B'));
  };
  command.add_option_function("--max-pixels", pixels, "larger pictures fail; default: 100M")->type_name("N");
  command.add_option_function("--max-file-size", bytes, "larger files fail; default: 512M")->type_name("SIZE");
}

}  // namespace magicface::cli
