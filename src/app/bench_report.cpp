// SPDX-License-Identifier: Apache-2.0
#include "bench_report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "magicface/core/text.hpp"
#include "table.hpp"

namespace magicface::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kMega = 1 << 20;

std::string digits(const char* format, double value) {
  char buffer[64];
  // The program never calls setlocale, so the decimal point is a point.
  std::snprintf(buffer, sizeof(buffer), format, value);
  return buffer;
}

Json json_of(const Spread& spread) {
  return {{"median", spread.median}, {"min", spread.low}, {"max", spread.high}, {"count", spread.count}};
}

Json json_of(const std::optional<std::uint64_t>& bytes) { return bytes ? Json(*bytes) : Json(nullptr); }

Json json_of(const BenchRow& row) {
  const auto& setting = row.setting;
  Json stages = Json::object();
  for (const auto& [name, spread] : row.stages) stages[name] = json_of(spread);
  return {{"threads", setting.threads},
          {"batch", setting.batch},
          {"steps", setting.steps},
          {"width", row.width},
          {"height", row.height},
          {"stages", std::move(stages)},
          {"total", json_of(row.total)},
          {"images_per_second", row.images_per_second()},
          {"peak_host_bytes", json_of(row.host_bytes)},
          {"peak_device_bytes", json_of(row.device_bytes)},
          {"flop_per_step", row.flop_per_step},
          {"matrix_product_flops", row.product_rate},
          {"step_floor", row.step_floor()}};
}

std::string memory_text(const std::optional<std::uint64_t>& bytes) {
  return bytes ? digits("%.0f MiB", static_cast<double>(*bytes) / kMega) : "-";
}

std::string head_of(const BenchReport& report) {
  auto text = report.bundle + " (" + report.bundle_sha256.substr(0, 8) + "), " + report.device + " " + report.dtype +
              ", " + report.sampler + ", guidance " + format_number(report.guidance) + ", LibTorch " + report.libtorch +
              '\n' + report.processor + ", " + std::to_string(report.processors) + " processors";
  if (!report.accelerators.empty()) text += "; " + join(report.accelerators, ", ");
  return text + "\nmedian of " + std::to_string(report.repeat) + " runs after " + std::to_string(report.warmup) +
         " to warm up\n\n";
}

Table stage_table(const BenchRow& row) {
  Table table{setting_text(row.setting, row.width, row.height), {"stage", "median", "min", "max"}, {}};
  const auto add = [&](const std::string& name, const Spread& spread) {
    table.rows.push_back({name, time_text(spread.median), time_text(spread.low), time_text(spread.high)});
  };
  for (const auto& [name, spread] : row.stages) add(name, spread);
  add("total", row.total);
  return table;
}

std::string floor_text(const BenchRow& row) {
  const auto* step = row.stage("step");
  if (step == nullptr || row.step_floor() <= 0) return "-";
  return digits("%.0f %%", 100 * row.step_floor() / step->median);
}

std::string figures_of(const BenchRow& row) {
  return digits("%.3g pictures a second", row.images_per_second()) + "; peak " + memory_text(row.host_bytes) +
         (row.device_bytes ? ", on the device " + memory_text(row.device_bytes) : "") + '\n' +
         digits("a step is %.4g GFLOP; ", row.flop_per_step * 1e-9) +
         digits("a large matrix product runs at %.4g GFLOP/s: ", row.product_rate * 1e-9) + "floor " +
         time_text(row.step_floor()) + ", reached to " + floor_text(row) + '\n';
}

Table row_table(const BenchReport& report) {
  Table table{"all times are medians",
              {"threads", "batch", "steps", "size", "step", "decode", "total", "pictures/s", "peak", "of the floor"},
              {}};
  const bool device = !report.rows.empty() && report.rows.front().device_bytes;
  if (device) table.header.emplace_back("on the device");
  for (const auto& row : report.rows) {
    const auto& setting = row.setting;
    const auto *step = row.stage("step"), *decode = row.stage("decode");
    table.rows.push_back({std::to_string(setting.threads), std::to_string(setting.batch), std::to_string(setting.steps),
                          std::to_string(row.width) + "x" + std::to_string(row.height),
                          step ? time_text(step->median) : "-", decode ? time_text(decode->median) : "-",
                          time_text(row.total.median), digits("%.3g", row.images_per_second()),
                          memory_text(row.host_bytes), floor_text(row)});
    if (device) table.rows.back().push_back(memory_text(row.device_bytes));
  }
  return table;
}

}  // namespace

Spread spread_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto middle = values.size() / 2;
  const double median = values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return {median, values.front(), values.back(), values.size()};
}

const Spread* BenchRow::stage(const std::string& name) const {
  const auto found = std::find_if(stages.begin(), stages.end(), [&](const auto& stage) { return stage.first == name; });
  return found != stages.end() ? &found->second : nullptr;
}

std::string setting_text(const BenchSetting& setting, int width, int height) {
  return "threads " + std::to_string(setting.threads) + ", batch " + std::to_string(setting.batch) + ", " +
         std::to_string(setting.steps) + " steps, " + size_text(width, height);
}

std::string time_text(double seconds) {
  if (seconds >= 10) return digits("%.1f s", seconds);
  if (seconds >= 1) return digits("%.2f s", seconds);
  return digits(seconds >= 0.1 ? "%.0f ms" : seconds >= 0.01 ? "%.1f ms" : "%.2f ms", seconds * 1000);
}

Json bench_json(const BenchReport& report) {
  Json json{{"version", report.version},
            {"libtorch", report.libtorch},
            {"processor", report.processor},
            {"processors", report.processors},
            {"accelerators", report.accelerators},
            {"bundle", {{"name", report.bundle}, {"sha256", report.bundle_sha256}}},
            {"input", report.input},
            {"device", report.device},
            {"dtype", report.dtype},
            {"sampler", report.sampler},
            {"guidance", report.guidance},
            {"low_memory", report.low_memory},
            {"cuda_graphs", report.cuda_graphs},
            {"crop", report.crop},
            {"condition", report.condition ? Json(*report.condition) : Json(nullptr)},
            {"repeat", report.repeat},
            {"warmup", report.warmup},
            {"peak_per_row", report.peak_per_row}};
  json["rows"] = Json::array();
  for (const auto& row : report.rows) json["rows"].push_back(json_of(row));
  json["reuse"] = nullptr;
  if (const auto& reuse = report.reuse) {
    json["reuse"] = {{"edits", reuse->edits},
                     {"batch", reuse->batch},
                     {"together", json_of(reuse->together)},
                     {"apart", json_of(reuse->apart)},
                     {"ratio", reuse->together.median / reuse->apart.median}};
  }
  return json;
}

std::string bench_text(const BenchReport& report) {
  std::string text = head_of(report);
  if (report.rows.size() == 1) {
    text += as_text(stage_table(report.rows.front())) + '\n' + figures_of(report.rows.front());
  } else {
    text += as_text(row_table(report));
  }
  if (!report.peak_per_row) text += "peaks are those of the process so far: this system doesn't let them be reset\n";
  if (const auto& reuse = report.reuse) {
    text += '\n' + std::to_string(reuse->edits) + " edits of one portrait in one run, batches of " +
            std::to_string(reuse->batch) + ": " + time_text(reuse->together.median) + "; in " +
            std::to_string(reuse->edits) + " runs: " + time_text(reuse->apart.median) + "; ratio " +
            digits("%.3f", reuse->together.median / reuse->apart.median) + '\n';
  }
  return text;
}

}  // namespace magicface::app
