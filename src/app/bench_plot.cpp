// SPDX-License-Identifier: Apache-2.0
#include "bench_plot.hpp"

#include <algorithm>
#include <functional>

#include "magicface/core/rounding.hpp"
#include "magicface/core/text.hpp"

namespace magicface::app {
namespace {

constexpr int kPanelWidth = 340, kPanelHeight = 230, kHead = 40;
constexpr double kLeft = 56, kRight = 20, kTop = 34, kBottom = 40, kDot = 3;
constexpr std::uint32_t kInk = 0x222222, kGrid = 0xdddddd, kMark = 0x1f6fb2, kFloor = 0xb2541f;

struct Axis {
  const char* name;
  int (*value)(const BenchRow& row);
};

constexpr Axis kAxes[] = {{"batch", [](const BenchRow& row) { return row.setting.batch; }},
                          {"threads", [](const BenchRow& row) { return row.setting.threads; }},
                          {"pixels a side", [](const BenchRow& row) { return row.height; }},
                          {"steps", [](const BenchRow& row) { return row.setting.steps; }}};

struct Curve {
  std::vector<double> values;
  std::uint32_t colour;
};

/// The rows that differ from the first at most on this axis, by its value.
std::vector<const BenchRow*> rows_along(const Axis& axis, const std::vector<BenchRow>& rows) {
  std::vector<const BenchRow*> along;
  for (const auto& row : rows) {
    const bool elsewhere = std::any_of(std::begin(kAxes), std::end(kAxes), [&](const Axis& other) {
      return other.name != axis.name && other.value(row) != other.value(rows.front());
    });
    if (!elsewhere) along.push_back(&row);
  }
  std::sort(along.begin(), along.end(), [&](auto* a, auto* b) { return axis.value(*a) < axis.value(*b); });
  return along;
}

/// A panel with linear axes; the vertical one begins at 0, so that heights can be compared.
void draw_panel(Chart& chart, double x, double y, const std::string& title, const std::string& axis,
                const std::vector<double>& places, const std::vector<Curve>& curves) {
  const double left = x + kLeft, right = x + kPanelWidth - kRight, top = y + kTop, bottom = y + kPanelHeight - kBottom;
  double highest = 0;
  for (const auto& curve : curves)
    highest = std::max(highest, *std::max_element(curve.values.begin(), curve.values.end()));
  if (highest <= 0) highest = 1;
  const auto y_of = [&](double value) { return bottom - (bottom - top) * value / highest; };
  const auto x_of = [&](double place) {
    constexpr double kMargin = 14;
    return left + kMargin + (right - left - 2 * kMargin) * (place - places.front()) / (places.back() - places.front());
  };
  chart.words.push_back({left, top - 14, title, Chart::Anchor::start, 13, kInk});
  const double step = tick_step(highest);
  for (int i = 0; i * step <= highest; ++i) {
    chart.boxes.push_back({left, y_of(i * step), right - left, 1, kGrid});
    const auto text = format_number(rounded(i * step, 6));
    chart.words.push_back({left - 6, y_of(i * step) + 4, text, Chart::Anchor::end, 11, kInk});
  }
  for (const double place : places) {
    chart.words.push_back({x_of(place), bottom + 16, format_number(place), Chart::Anchor::middle, 11, kInk});
  }
  chart.words.push_back({(left + right) / 2, bottom + 32, axis, Chart::Anchor::middle, 11, kInk});
  for (const auto& curve : curves) {
    for (std::size_t i = 0; i < places.size(); ++i) {
      const double px = x_of(places[i]), py = y_of(curve.values[i]);
      chart.boxes.push_back({px - kDot, py - kDot, 2 * kDot, 2 * kDot, curve.colour});
      if (i > 0) chart.lines.push_back({x_of(places[i - 1]), y_of(curve.values[i - 1]), px, py, curve.colour, 2});
    }
  }
  chart.lines.push_back({left, bottom, right, bottom, kInk, 1});
}

double sampling_of(const BenchRow& row) {
  const auto* sample = row.stage("sample");
  return sample != nullptr ? sample->median / row.setting.batch : 0;
}

double floor_of(const BenchRow& row) { return row.step_floor() * row.setting.steps / row.setting.batch; }

double mebibytes_of(const BenchRow& row) {
  return static_cast<double>(row.device_bytes.value_or(row.host_bytes.value_or(0))) / (1 << 20);
}

}  // namespace

Chart bench_chart(const BenchReport& report) {
  Chart chart;
  int drawn = 0;
  for (const auto& axis : kAxes) {
    const auto rows = rows_along(axis, report.rows);
    if (rows.size() < 2) continue;
    const auto values = [&](const std::function<double(const BenchRow&)>& value) {
      std::vector<double> list;
      for (const auto* row : rows) list.push_back(value(*row));
      return list;
    };
    const auto places = values([&](const BenchRow& row) { return static_cast<double>(axis.value(row)); });
    const double y = kHead + drawn * kPanelHeight;
    draw_panel(chart, 0, y, "sampling, seconds a picture", axis.name, places,
               {{values(&floor_of), kFloor}, {values(&sampling_of), kMark}});
    const bool device = report.rows.front().device_bytes.has_value();
    draw_panel(chart, kPanelWidth, y, device ? "peak on the device, MiB" : "peak memory, MiB", axis.name, places,
               {{values(&mebibytes_of), kMark}});
    ++drawn;
  }
  chart.width = 2 * kPanelWidth;
  chart.height = kHead + drawn * kPanelHeight;
  const auto& base = report.rows.front();
  chart.words.push_back({12, 18,
                         report.bundle + ", " + report.device + " " + report.dtype + ", " + report.sampler +
                             "; base: " + setting_text(base.setting, base.width, base.height),
                         Chart::Anchor::start, 11, kInk});
  chart.words.push_back({12, 33, report.processor, Chart::Anchor::start, 11, kInk});
  chart.boxes.push_back({kPanelWidth + kLeft, 25, 10, 10, kMark});
  chart.words.push_back({kPanelWidth + kLeft + 16, 34, "measured", Chart::Anchor::start, 11, kInk});
  chart.boxes.push_back({kPanelWidth + kLeft + 90, 25, 10, 10, kFloor});
  chart.words.push_back({kPanelWidth + kLeft + 106, 34, "floor (matrix product)", Chart::Anchor::start, 11, kInk});
  return chart;
}

}  // namespace magicface::app
