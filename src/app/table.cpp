// SPDX-License-Identifier: Apache-2.0
#include "table.hpp"

#include <algorithm>

#include "magicface/core/text.hpp"
#include "magicface/core/utf8.hpp"

namespace magicface::app {
namespace {

using Row = std::vector<std::string>;

std::string padded(const std::string& text, std::size_t width, bool left) {
  const std::string space(width - std::min(width, character_count(text)), ' ');
  return left ? text + space : space + text;
}

std::string with_escapes(const std::string& text, const std::string& special, const std::string& before) {
  std::string escaped;
  for (const char c : text) {
    if (special.find(c) != std::string::npos) escaped += before;
    escaped += c;
  }
  return escaped;
}

/// Arrows and every character that LaTeX reads otherwise.
std::string latex(const std::string& text) {
  static const std::vector<std::pair<std::string, std::string>> kSpellings{{"\\", "\\textbackslash{}"},
                                                                           {"^", "\\textasciicircum{}"},
                                                                           {"~", "\\textasciitilde{}"},
                                                                           {"↓", "$\\downarrow$"},
                                                                           {"↑", "$\\uparrow$"}};
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    const auto found = std::find_if(kSpellings.begin(), kSpellings.end(), [&](const auto& spelling) {
      return text.compare(i, spelling.first.size(), spelling.first) == 0;
    });
    result += found != kSpellings.end() ? found->second : with_escapes(text.substr(i, 1), "&%$#_{}", "\\");
    i += found != kSpellings.end() ? found->first.size() : 1;
  }
  return result;
}

std::string latex_row(const Row& row) {
  Row cells;
  for (const auto& cell : row) cells.push_back(latex(cell));
  // The command before the row would take these for its argument.
  if (cells.front().starts_with('[') || cells.front().starts_with('*')) cells.front().insert(0, "{}");
  return "  " + join(cells, " & ") + " \\\\\n";
}

std::string markdown_row(const Row& row) {
  Row cells;
  for (const auto& cell : row) cells.push_back(with_escapes(cell, "|", "\\"));
  return "| " + join(cells, " | ") + " |\n";
}

}  // namespace

std::string as_text(const Table& table) {
  std::vector<std::size_t> widths;
  for (const auto& cell : table.header) widths.push_back(character_count(cell));
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], character_count(row[i]));
  }
  const auto line = [&](const Row& row) {
    Row cells;
    for (std::size_t i = 0; i < row.size(); ++i) cells.push_back(padded(row[i], widths[i], i == 0));
    auto text = join(cells, "  ");
    text.erase(text.find_last_not_of(' ') + 1);
    return text + '\n';
  };
  std::string text = table.title + '\n' + line(table.header);
  for (const auto& row : table.rows) text += line(row);
  return text;
}

std::string as_markdown(const Table& table) {
  std::string text = "**" + table.title + "**\n\n" + markdown_row(table.header) + "|---|";
  for (std::size_t i = 1; i < table.header.size(); ++i) text += "---:|";
  text += '\n';
  for (const auto& row : table.rows) text += markdown_row(row);
  return text;
}

std::string as_latex(const Table& table) {
  std::string text = "\\begin{table}\n  \\caption{" + latex(table.title) + "}\n  \\begin{tabular}{l" +
                     std::string(table.header.size() - 1, 'r') + "}\n  \\toprule\n";
  text += latex_row(table.header) + "  \\midrule\n";
  for (const auto& row : table.rows) text += latex_row(row);
  return text + "  \\bottomrule\n  \\end{tabular}\n\\end{table}\n";
}

}  // namespace magicface::app
