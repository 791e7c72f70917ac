// SPDX-License-Identifier: Apache-2.0
#include "chart.hpp"

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "magicface/core/rounding.hpp"
#include "magicface/core/text.hpp"
#include "magicface/core/utf8.hpp"
#include "magicface/image/encode.hpp"

namespace magicface::app {
namespace {

constexpr double kScale = 2;  // of the PNG
constexpr int kShift = 4;     // fractional bits of its coordinates

std::string number(double value) { return format_number(rounded(value, 2)); }

std::string colour_text(std::uint32_t colour) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "#";
  for (int shift = 20; shift >= 0; shift -= 4) text += kDigits[(colour >> static_cast<unsigned>(shift)) & 15U];
  return text;
}

/// What XML holds: no bytes but UTF-8, and no control characters.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : valid_utf8(text, "\xEF\xBF\xBD")) {  // U+FFFD: a file's name may hold any bytes
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (static_cast<unsigned char>(c) >= ' ')
      result += c;
  }
  return result;
}

cv::Scalar rgb(std::uint32_t colour) {
  return {double(colour >> 16U), double((colour >> 8U) & 255U), double(colour & 255U)};
}

cv::Point at(double x, double y) {
  return {static_cast<int>(std::lround(x * kScale * (1 << kShift))),
          static_cast<int>(std::lround(y * kScale * (1 << kShift)))};
}

std::string ascii(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if ((c & 0xC0) == 0x80) continue;  // the rest of a character
    result += (c & 0x80) != 0 ? '?' : c;
  }
  return result;
}

void draw(cv::Mat& paper, const Chart::Words& words) {
  const auto text = ascii(words.text);
  constexpr double kFontPixels = 30;  // height of an em at scale 1
  const double scale = words.size * kScale / kFontPixels;
  const auto box = cv::getTextSize(text, cv::FONT_HERSHEY_SIMPLEX, scale, 1, nullptr);
  const double shift = words.anchor == Chart::Anchor::start ? 0 : words.anchor == Chart::Anchor::middle ? 0.5 : 1;
  const cv::Point origin(static_cast<int>(words.x * kScale - shift * box.width), static_cast<int>(words.y * kScale));
  cv::putText(paper, text, origin, cv::FONT_HERSHEY_SIMPLEX, scale, rgb(words.colour), 1, cv::LINE_AA);
}

}  // namespace

double tick_step(double top) {
  const double rough = top / 4, power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough) return factor * power;
  }
  return 10 * power;
}

std::string chart_svg(const Chart& chart) {
  const auto size = std::to_string(chart.width) + "\" height=\"" + std::to_string(chart.height);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + size + "\" viewBox=\"0 0 " +
                    std::to_string(chart.width) + " " + std::to_string(chart.height) +
                    "\" font-family=\"sans-serif\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n";
  for (const auto& box : chart.boxes) {
    svg += "<rect x=\"" + number(box.x) + "\" y=\"" + number(box.y) + "\" width=\"" + number(box.width) +
           "\" height=\"" + number(box.height) + "\" fill=\"" + colour_text(box.colour) + "\"/>\n";
  }
  for (const auto& line : chart.lines) {
    svg += "<line x1=\"" + number(line.x1) + "\" y1=\"" + number(line.y1) + "\" x2=\"" + number(line.x2) + "\" y2=\"" +
           number(line.y2) + "\" stroke=\"" + colour_text(line.colour) + "\" stroke-width=\"" + number(line.width) +
           "\"/>\n";
  }
  static constexpr const char* kAnchors[] = {"start", "middle", "end"};
  for (const auto& words : chart.words) {
    svg += "<text x=\"" + number(words.x) + "\" y=\"" + number(words.y) + "\" font-size=\"" + number(words.size) +
           "\" fill=\"" + colour_text(words.colour) + "\" text-anchor=\"" + kAnchors[static_cast<int>(words.anchor)] +
           "\">" + escaped(words.text) + "</text>\n";
  }
  return svg + "</svg>\n";
}

std::vector<std::uint8_t> chart_png(const Chart& chart) {
  cv::Mat paper(static_cast<int>(chart.height * kScale), static_cast<int>(chart.width * kScale), CV_8UC3,
                cv::Scalar::all(255));
  for (const auto& box : chart.boxes) {
    cv::rectangle(paper, at(box.x, box.y), at(box.x + box.width, box.y + box.height), rgb(box.colour), cv::FILLED,
                  cv::LINE_AA, kShift);
  }
  for (const auto& line : chart.lines) {
    cv::line(paper, at(line.x1, line.y1), at(line.x2, line.y2), rgb(line.colour),
             std::max(1, static_cast<int>(line.width * kScale)), cv::LINE_AA, kShift);
  }
  for (const auto& words : chart.words) draw(paper, words);
  return image::encode_picture({paper, {}}, {image::Format::png, 95, {}});
}

}  // namespace magicface::app
