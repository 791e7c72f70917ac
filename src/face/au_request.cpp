// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/au_request.hpp"

#include <algorithm>
#include <cmath>

#include "au_pairs.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/number_range.hpp"
#include "magicface/core/rounding.hpp"
#include "magicface/core/text.hpp"

namespace magicface::face {
namespace {

/// "3" or "-6:6:2" as its values.
std::vector<double> values_of(const AuPair& pair, const AuVocabulary& vocabulary) {
  if (pair.value.find(':') == std::string::npos) return {au_number(pair, pair.value, vocabulary)};
  return read_number_range(vocabulary.names()[pair.unit] + pair.sign + pair.value, pair.value, kMaxEdits);
}

void set_unit(AuRequest& request, const AuPair& pair, AuSense sense, double value, const AuVocabulary& vocabulary) {
  if (pair.sign == '=' && sense == AuSense::variation) {
    request.variation[pair.unit] = value;
    return;
  }
  if (value < 0 || value > kMaxIntensity) {
    throw UsageError(vocabulary.names()[pair.unit] + pair.sign + format_number(value) +
                     ": expected an intensity from 0 (absent) to 5; a change, which may be negative, is --au " +
                     vocabulary.names()[pair.unit] + "=" + format_number(value));
  }
  request.target[pair.unit] = value;
}

}  // namespace

bool is_absolute(const AuRequest& request) {
  return std::any_of(request.target.begin(), request.target.end(),
                     [](const auto& target) { return target.has_value(); });
}

ActionUnits resolve(const AuRequest& request, const ActionUnits& before) {
  ActionUnits variation = request.variation;
  for (std::size_t i = 0; i < request.target.size(); ++i) {
    if (request.target[i]) variation[i] = rounded(request.strength * (*request.target[i] - before.at(i)), 3);
  }
  return variation;
}

ActionUnits intended(const ActionUnits& before, const ActionUnits& variation) {
  ActionUnits values(before.size());
  for (std::size_t i = 0; i < before.size(); ++i)
    values[i] = std::clamp(before[i] + variation.at(i), 0.0, kMaxIntensity);
  return values;
}

std::vector<AuRequest> parse_requests(std::string_view text, AuSense sense, const AuVocabulary& vocabulary) {
  std::vector<AuRequest> requests(1);
  requests[0].variation.assign(vocabulary.size(), 0.0);
  requests[0].target.resize(vocabulary.size());
  for (const auto& pair : read_au_pairs(text, vocabulary)) {
    const auto values = values_of(pair, vocabulary);
    if (requests.size() * values.size() > kMaxEdits) {
      throw UsageError("'" + std::string(text) + "': expected at most " + std::to_string(kMaxEdits) +
                       " edits, got more; take larger steps or fewer ranges");
    }
    std::vector<AuRequest> product;
    for (const auto& request : requests) {
      for (const double value : values) {
        product.push_back(request);
        set_unit(product.back(), pair, sense, value, vocabulary);
      }
    }
    requests = std::move(product);
  }
  for (auto& request : requests) request.label = request_label(request, vocabulary);
  return requests;
}

std::string request_label(const AuRequest& request, const AuVocabulary& vocabulary) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < vocabulary.size(); ++i) {
    const auto& name = vocabulary.names()[i];
    const double value = request.variation[i];
    if (request.target[i]) {
      parts.push_back(name + "@" + format_number(*request.target[i]));
    } else if (value != 0) {
      parts.push_back(name + (value > 0 ? "+" : "") + format_number(value));
    }
  }
  return parts.empty() ? "AU0" : join(parts, "_");
}

}  // namespace magicface::face
