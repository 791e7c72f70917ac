// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace magicface::app {

/// What an earlier `magicface bench --json` wrote. @throws UsageError naming the file
nlohmann::ordered_json read_bench(const std::filesystem::path& file);

/// Earlier over now for every stage of every setting that both measured (above 1 is faster, or less memory, now). Where
/// each has but one row, these are compared whatever their settings. `differences` names what else isn't the same.
nlohmann::ordered_json compare_benches(const nlohmann::ordered_json& now, const nlohmann::ordered_json& earlier);

std::string comparison_text(const nlohmann::ordered_json& comparison);

}  // namespace magicface::app
