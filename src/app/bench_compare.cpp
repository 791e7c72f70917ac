// SPDX-License-Identifier: Apache-2.0
#include "bench_compare.hpp"

#include <cstdio>

#include "bench_report.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "table.hpp"

namespace magicface::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFaceNetworks = "face_networks";
constexpr const char* kAxes[] = {"threads", "batch", "steps", "width", "height", kFaceNetworks};
constexpr const char* kConditions[] = {"version", "libtorch", "processor", "processors", "accelerators", "bundle",
                                       "input",   "device",   "dtype",     "sampler",    "guidance"};
/// What earlier versions didn't write: null there.
constexpr const char* kLaterConditions[] = {"low_memory", "cuda_graphs", "crop", "condition"};

/// A row's place on an axis. A picture of one size may be an automatic crop or --size: its stages tell which.
Json axis_value(const Json& row, const std::string& axis) {
  return axis == kFaceNetworks ? Json(row.at("stages").contains("detect")) : row.at(axis);
}

/// What an earlier report may lack.
Json value_at(const Json& report, const char* name) { return report.contains(name) ? report[name] : Json(); }

bool same_setting(const Json& a, const Json& b) {
  for (const char* axis : kAxes) {
    if (axis_value(a, axis) != axis_value(b, axis)) return false;
  }
  return true;
}

/// Seconds, or bytes, of both.
Json pair_of(double earlier, double now) {
  return {{"earlier", earlier}, {"now", now}, {"ratio", now > 0 ? Json(earlier / now) : Json(nullptr)}};
}

Json compare_rows(const Json& now, const Json& earlier) {
  Json row = Json::object();
  for (const char* axis : kAxes) row[axis] = axis_value(now, axis);
  row["stages"] = Json::object();
  for (const auto& [name, spread] : now.at("stages").items()) {
    if (!earlier.at("stages").contains(name)) continue;
    row["stages"][name] = pair_of(earlier["stages"][name].at("median"), spread.at("median"));
  }
  row["total"] = pair_of(earlier.at("total").at("median"), now.at("total").at("median"));
  for (const char* memory : {"peak_host_bytes", "peak_device_bytes"}) {
    if (!now.at(memory).is_null() && !earlier.at(memory).is_null()) row[memory] = pair_of(earlier[memory], now[memory]);
  }
  return row;
}

std::string spelled(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string ratio_text(const Json& pair) {
  if (pair.at("ratio").is_null()) return "-";
  char buffer[32];
  std::snprintf(buffer, sizeof(buffer), "%.2f x", pair.at("ratio").get<double>());
  return buffer;
}

std::string mebibytes(const Json& bytes) { return std::to_string(bytes.get<std::uint64_t>() >> 20U) + " MiB"; }

Table table_of(const Json& row) {
  const BenchSetting setting{row.at("threads"), row.at("batch"), row.at("steps")};
  Table table{
      setting_text(setting, row.at("width"), row.at("height")), {"stage", "earlier", "now", "earlier / now"}, {}};
  const auto add_times = [&](const std::string& name, const Json& pair) {
    table.rows.push_back({name, time_text(pair.at("earlier")), time_text(pair.at("now")), ratio_text(pair)});
  };
  for (const auto& [name, pair] : row.at("stages").items()) add_times(name, pair);
  add_times("total", row.at("total"));
  for (const char* memory : {"peak_host_bytes", "peak_device_bytes"}) {
    if (!row.contains(memory)) continue;
    const auto& pair = row.at(memory);
    table.rows.push_back({memory == std::string("peak_host_bytes") ? "peak memory" : "on the device",
                          mebibytes(pair.at("earlier")), mebibytes(pair.at("now")), ratio_text(pair)});
  }
  return table;
}

}  // namespace

Json read_bench(const std::filesystem::path& file) {
  constexpr std::uintmax_t kMost = std::uintmax_t{64} << 20;
  const auto expected = "--compare " + file.string() + ": expected what magicface bench --json wrote";
  std::vector<std::uint8_t> bytes;
  try {
    bytes = read_file(file, kMost);
  } catch (const ItemError& problem) {
    throw UsageError(std::string("--compare: ") + problem.what());
  }
  try {
    auto json = Json::parse(bytes.begin(), bytes.end());
    for (const auto& row : json.at("rows")) compare_rows(row, row);  // every field that will be needed
    for (const char* condition : kConditions) json.at(condition);
    if (json.at("rows").empty()) throw UsageError(expected + ", got no rows");
    return json;
  } catch (const Json::exception&) {
    throw UsageError(expected + ", got something else");
  }
}

Json compare_benches(const Json& now, const Json& earlier) {
  Json comparison{{"differences", Json::object()}, {"rows", Json::array()}};
  const auto differ = [&](const char* name, const Json& before, const Json& after) {
    if (before != after) comparison["differences"][name] = {{"earlier", before}, {"now", after}};
  };
  for (const char* condition : kConditions) differ(condition, earlier.at(condition), now.at(condition));
  for (const char* condition : kLaterConditions) differ(condition, value_at(earlier, condition), now.at(condition));
  const auto &rows = now.at("rows"), &old_rows = earlier.at("rows");
  if (rows.size() == 1 && old_rows.size() == 1) {
    for (const char* axis : kAxes) differ(axis, axis_value(old_rows[0], axis), axis_value(rows[0], axis));
    comparison["rows"].push_back(compare_rows(rows[0], old_rows[0]));
    return comparison;
  }
  for (const auto& row : rows) {
    for (const auto& old : old_rows) {
      if (same_setting(row, old)) comparison["rows"].push_back(compare_rows(row, old));
    }
  }
  return comparison;
}

std::string comparison_text(const Json& comparison) {
  std::string text;
  for (const auto& [name, values] : comparison.at("differences").items()) {
    text += name + ": " + spelled(values.at("earlier")) + " earlier, " + spelled(values.at("now")) + " now\n";
  }
  if (comparison.at("rows").empty()) return text + "no setting was measured both times\n";
  for (const auto& row : comparison.at("rows")) text += '\n' + as_text(table_of(row));
  return text;
}

}  // namespace magicface::app
