// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/report_job.hpp"

#include <ostream>
#include <set>

#include "magicface/core/cancellation.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/log.hpp"
#include "magicface/core/text.hpp"
#include "progress.hpp"
#include "report_data.hpp"

namespace magicface::app {
namespace fs = std::filesystem;

/// The files of src/app/report, put into the program by the build.
namespace assets {
extern const char* const k_report_html;
extern const char* const k_report_css;
extern const char* const k_report_js;
}  // namespace assets

namespace {

void check(const ReportOptions& options) {
  if (options.runs.empty()) throw UsageError("report: expected records or their folder: magicface report run/");
  if (options.size < 64 || options.size > 2048)
    throw UsageError("--size: expected 64 to 2048 pixels, got " + std::to_string(options.size));
  if (options.quality < 1 || options.quality > 100)
    throw UsageError("--quality: expected 1 to 100, got " + std::to_string(options.quality));
  if (fs::is_directory(options.out))
    throw UsageError("--out " + options.out.string() + ": expected a file's name, got a folder");
  keep_existing(options.out, options.overwrite);
}

/// JSON that can stand inside a script element: no text of ours or of a file's name ends it.
std::string for_script(const nlohmann::ordered_json& json) {
  const auto text = shown(json);
  std::string safe;
  safe.reserve(text.size());
  for (const char c : text) {
    if (c == '<')
      safe += "\\u003c";
    else
      safe += c;
  }
  return safe;
}

std::string page(const nlohmann::ordered_json& data) {
  std::string text = assets::k_report_html;
  const auto put = [&](const std::string& name, const std::string& content) {
    text.replace(text.find(name), name.size(), content);
  };
  // The data last: what it holds isn't searched for places to fill.
  put("{{css}}", assets::k_report_css);
  put("{{js}}", assets::k_report_js);
  put("{{data}}", for_script(data));
  return text;
}

/// What tells several runs apart: the names of their folders, or where two are alike the paths as they are spelled.
std::vector<std::string> names_of(const std::vector<fs::path>& runs) {
  if (runs.size() < 2) return std::vector<std::string>(runs.size());
  std::vector<std::string> names, paths;
  for (const auto& run : runs) {
    names.push_back(run_name(run));
    paths.push_back((run / "").parent_path().string());
  }
  return std::set(names.begin(), names.end()).size() == names.size() ? names : paths;
}

/// Once, not for every item: mostly it is all of them.
void tell_of_figures(const fs::path& file, const ReportFigures& figures, std::size_t items) {
  const auto of_items = [&](std::size_t count) { return std::to_string(count) + " of " + std::to_string(items); };
  if (figures.found_by_name() > 0) {
    log::info("--figures " + file.string() + ": " + of_items(figures.found_by_name()) +
              " items aren't where it says any more; their figures are found by the pictures' names");
  }
  if (figures.missing() > 0) {
    log::warn("--figures " + file.string() + ": expected figures of every picture, got none of " +
              of_items(figures.missing()) + " items; write it with magicface eval of these runs");
  }
}

}  // namespace

JobResult run_report(const ReportOptions& options, std::ostream& out) {
  check(options);
  auto figures = options.figures ? ReportFigures(*options.figures) : ReportFigures();
  const auto names = names_of(options.runs);
  std::vector<std::pair<std::string, RecordedItem>> items;  // with the run's name
  std::vector<std::string> titles;
  for (std::size_t i = 0; i < options.runs.size(); ++i) {
    for (auto& item : read_run(options.runs[i]).items) items.emplace_back(names[i], std::move(item));
    titles.push_back(options.runs[i].string());
  }
  ReportData data(options.size, options.quality, figures);
  Progress progress(options.progress);
  JobResult result;
  for (std::size_t i = 0; i < items.size(); ++i) {
    throw_if_cancelled();
    const auto& [run, item] = items[i];
    progress.item(i + 1, items.size(), item.key);
    progress.step(static_cast<int>(i), static_cast<int>(items.size()));
    if (const auto problem = data.add(item, run)) {
      progress.clear();
      log::error(item.key + ": " + *problem);
      ++result.failed;
    } else {
      ++result.made;
    }
  }
  progress.clear();
  if (options.figures) tell_of_figures(*options.figures, figures, items.size());
  const auto text = page(data.json(join(titles, ", ")));
  make_folder_of(options.out);
  write_file_atomically(options.out, {text.begin(), text.end()});
  out << options.out.string() << std::endl;
  return result;
}

}  // namespace magicface::app
