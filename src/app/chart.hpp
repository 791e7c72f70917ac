// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace magicface::app {

/// A drawing of lines, boxes and words, in pixels from the upper left corner. Colours are 0xRRGGBB.
struct Chart {
  struct Line {
    double x1, y1, x2, y2;
    std::uint32_t colour;
    double width;
  };
  struct Box {
    double x, y, width, height;
    std::uint32_t colour;
  };
  enum class Anchor { start, middle, end };
  struct Words {
    double x, y;  ///< of the baseline
    std::string text;
    Anchor anchor;
    double size;
    std::uint32_t colour;
  };
  int width = 0, height = 0;
  std::vector<Box> boxes{};
  std::vector<Line> lines{};
  std::vector<Words> words{};
};

/// The distance of an axis's ticks: 1, 2 or 5 times a power of ten, so that about four steps reach `top`, which is
/// above 0.
double tick_step(double top);

/// Both on white paper.
std::string chart_svg(const Chart& chart);
/// At twice the size. Words in OpenCV's stroke font: ASCII; other characters appear as '?'.
std::vector<std::uint8_t> chart_png(const Chart& chart);

}  // namespace magicface::app
