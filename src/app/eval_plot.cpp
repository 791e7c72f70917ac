// SPDX-License-Identifier: Apache-2.0
#include "eval_plot.hpp"

#include <algorithm>

#include "magicface/core/rounding.hpp"
#include "magicface/core/text.hpp"
#include "magicface/core/utf8.hpp"

namespace magicface::app {
namespace {

constexpr int kPanelWidth = 340, kPanelHeight = 240, kColumns = 2;
constexpr double kLeft = 52, kRight = 16, kTop = 34, kBottom = 40;
constexpr std::uint32_t kInk = 0x222222, kGrid = 0xdddddd, kMark = 0x1f6fb2, kInterval = 0x555555;
constexpr double kLetter = 6;  // width of a character at size 11

/// One figure of one method; `x` is its place on the axis.
struct Point {
  double x;
  std::string name;
  measure::Estimate estimate;
};

std::string shortened(const std::string& text, double room) {
  const auto most = static_cast<std::size_t>(std::max(3.0, room / kLetter));
  return character_count(text) <= most ? text : first_characters(text, most - 2) + "..";
}

/// Draws one figure into its part of the chart.
class Panel {
 public:
  Panel(Chart& chart, double x, double y, std::vector<Point> points, bool curve)
      : chart_(chart),
        left_(x + kLeft),
        top_(y + kTop),
        right_(x + kPanelWidth - kRight),
        bottom_(y + kPanelHeight - kBottom),
        points_(std::move(points)),
        curve_(curve) {
    for (const auto& point : points_) highest_ = std::max({highest_, point.estimate.high, point.estimate.value});
    if (highest_ <= 0) highest_ = 1;
    first_ = points_.front().x;
    last_ = points_.back().x;
  }

  void draw(const FigureInfo& info, const std::string& axis) {
    const std::string better = info.lower_is_better ? " (lower is better)" : " (higher is better)";
    chart_.words.push_back({left_, top_ - 14, info.title + better, Chart::Anchor::start, 13, kInk});
    const double step = tick_step(highest_);
    for (int i = 0; i * step <= highest_; ++i) {
      const double tick = i * step;
      chart_.boxes.push_back({left_, y_of(tick), right_ - left_, 1, kGrid});  // below the marks: boxes are drawn first
      chart_.words.push_back(
          {left_ - 6, y_of(tick) + 4, format_number(rounded(tick, 6)), Chart::Anchor::end, 11, kInk});
    }
    for (std::size_t i = 0; i < points_.size(); ++i) draw_point(i);
    chart_.lines.push_back({left_, bottom_, right_, bottom_, kInk, 1});
    if (curve_) chart_.words.push_back({(left_ + right_) / 2, bottom_ + 32, axis, Chart::Anchor::middle, 11, kInk});
  }

 private:
  double y_of(double value) const { return bottom_ - (bottom_ - top_) * value / highest_; }
  double slot() const { return (right_ - left_) / static_cast<double>(points_.size()); }
  double x_of(std::size_t index) const {
    if (!curve_ || last_ <= first_) return left_ + slot() * (static_cast<double>(index) + 0.5);
    constexpr double kMargin = 14;
    return left_ + kMargin + (right_ - left_ - 2 * kMargin) * (points_[index].x - first_) / (last_ - first_);
  }

  void draw_point(std::size_t index) {
    const auto& point = points_[index];
    const double x = x_of(index), y = y_of(point.estimate.value);
    if (curve_) {
      constexpr double kDot = 3;
      chart_.boxes.push_back({x - kDot, y - kDot, 2 * kDot, 2 * kDot, kMark});
      if (index > 0) chart_.lines.push_back({x_of(index - 1), y_of(points_[index - 1].estimate.value), x, y, kMark, 2});
    } else {
      const double width = std::min(48.0, 0.6 * slot());
      chart_.boxes.push_back({x - width / 2, y, width, bottom_ - y, kMark});
    }
    const double low = y_of(point.estimate.low), high = y_of(point.estimate.high);
    chart_.lines.push_back({x, low, x, high, kInterval, 1.5});
    chart_.lines.push_back({x - 4, low, x + 4, low, kInterval, 1.5});
    chart_.lines.push_back({x - 4, high, x + 4, high, kInterval, 1.5});
    const auto name = shortened(point.name, curve_ ? kPanelWidth : slot());
    const double half = kLetter * static_cast<double>(character_count(name)) / 2;
    if (curve_ && x - half < named_until_ + kLetter / 2)
      return;  // values that lie close together: every other has its number
    named_until_ = x + half;
    chart_.words.push_back({x, bottom_ + 16, name, Chart::Anchor::middle, 11, kInk});
  }

  Chart& chart_;
  double left_, top_, right_, bottom_;
  std::vector<Point> points_;
  bool curve_;
  double highest_ = 0, first_ = 0, last_ = 0;
  double named_until_ = 0;  ///< right end of the last name below the axis
};

/// Below the panels: who measured.
void name_estimators(Chart& chart, const nlohmann::ordered_json& estimators) {
  constexpr int kLine = 14;
  for (const auto& [what, name] : estimators.items()) {
    if (!name.is_string()) continue;
    chart.height += kLine;
    chart.words.push_back(
        {12, chart.height - 6.0, what + ": " + name.get<std::string>(), Chart::Anchor::start, 10, kInk});
  }
}

}  // namespace

Chart evaluation_chart(const Evaluation& evaluation) {
  const auto& methods = evaluation.methods;
  const bool curve = methods.size() > 1 && std::all_of(methods.begin(), methods.end(), [](const EvalScores& scores) {
                       return parse_number(scores.method.name).has_value();
                     });
  Chart chart;
  std::size_t panels = 0;
  for (const auto& info : figure_infos()) {
    std::vector<Point> points;
    for (const auto& scores : methods) {
      const auto found = scores.summary.find(info.key);
      if (found == scores.summary.end()) continue;
      points.push_back({curve ? *parse_number(scores.method.name) : 0, scores.method.name, found->second});
    }
    if (points.empty()) continue;
    if (curve) std::sort(points.begin(), points.end(), [](const Point& a, const Point& b) { return a.x < b.x; });
    const auto column = static_cast<double>(panels % kColumns), row = static_cast<double>(panels / kColumns);
    Panel(chart, column * kPanelWidth, row * kPanelHeight, std::move(points), curve).draw(info, evaluation.axis);
    ++panels;
  }
  chart.width = kPanelWidth * kColumns;
  chart.height = kPanelHeight * std::max(1, static_cast<int>((panels + kColumns - 1) / kColumns));
  name_estimators(chart, evaluation.estimators);
  return chart;
}

}  // namespace magicface::app
