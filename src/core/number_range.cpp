// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/number_range.hpp"

#include <cmath>

#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"

namespace magicface {

std::vector<double> read_number_range(const std::string& name, const std::string& text, std::size_t most) {
  std::vector<double> numbers;
  for (const auto& part : split(text, ':')) {
    const auto number = parse_number(trim(part));
    if (!number) throw UsageError(name + ": expected a number or FIRST:LAST:STEP, such as 1:5:0.5, got '" + text + "'");
    numbers.push_back(*number);
  }
  if (numbers.size() == 1) return numbers;
  if (numbers.size() > 3) throw UsageError(name + ": expected FIRST:LAST:STEP, such as 1:5:0.5, got '" + text + "'");
  const double first = numbers[0], last = numbers[1], step = numbers.size() == 3 ? numbers[2] : 1;
  if (!(step > 0))
    throw UsageError(name + ": expected a step above 0 (the direction is from FIRST to LAST), got '" + text + "'");
  // A hair more than the quotient: 0:1:0.1 has its 1.
  const double count = std::floor(std::abs(last - first) / step + 1e-9) + 1;
  if (count > static_cast<double>(most)) {
    throw UsageError(name + ": expected at most " + std::to_string(most) + " values, got '" + text +
                     "'; take a larger step");
  }
  constexpr double kDigits = 1e9;  // 0.1 + 0.2 is 0.3
  std::vector<double> values;
  for (int i = 0; i < static_cast<int>(count); ++i) {
    values.push_back(std::round((first + (last < first ? -i : i) * step) * kDigits) / kDigits);
  }
  return values;
}

}  // namespace magicface
