// SPDX-License-Identifier: Apache-2.0
#include "caption.hpp"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "magicface/core/text.hpp"

namespace magicface::image {
namespace {

constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;

int width_of(const std::string& text, const CaptionStyle& style) {
  return cv::getTextSize(text, kFont, style.scale, 1, nullptr).width;
}

/// One '?' for each character that the font lacks.
std::string ascii(const std::string& utf8) {
  std::string text;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += byte < 0x20 || byte == 0x7F ? '?' : c;
    } else if (byte >= 0xC0) {
      text += '?';
    }
  }
  return text;
}

/// The longest beginning of `word` that fits, with ".." where something was cut.
std::string cut(std::string word, int width, const CaptionStyle& style) {
  if (width_of(word, style) <= width) return word;
  while (word.size() > 1 && width_of(word + "..", style) > width) word.pop_back();
  return word + "..";
}

}  // namespace

CaptionStyle caption_style(int width) {
  const double scale = std::clamp(width / 570.0, 0.3, 1.5);
  return {scale, static_cast<int>(40 * scale)};
}

std::vector<std::string> caption_lines(const std::string& caption, int width, const CaptionStyle& style,
                                       std::size_t most) {
  std::vector<std::string> lines;
  for (const auto& paragraph : split(caption, '\n')) {
    std::string line;
    for (const auto& word : split(ascii(paragraph), ' ')) {
      const auto longer = line.empty() ? word : line + " " + word;
      if (line.empty() || width_of(longer, style) <= width) {
        line = longer;
      } else {
        lines.push_back(cut(line, width, style));
        line = word;
      }
    }
    lines.push_back(cut(line, width, style));
  }
  if (lines.size() > most) {
    lines.resize(most);
    lines.back() = "...";
  }
  return lines;
}

void draw_caption(cv::Mat& rgb, cv::Rect area, const std::vector<std::string>& lines, const CaptionStyle& style) {
  int bottom = area.y + style.line * 3 / 4;
  for (const auto& line : lines) {
    const int left = area.x + std::max(0, (area.width - width_of(line, style)) / 2);
    cv::putText(rgb, line, {left, bottom}, kFont, style.scale, {32, 32, 32}, style.scale > 1 ? 2 : 1, cv::LINE_AA);
    bottom += style.line;
  }
}

}  // namespace magicface::image
