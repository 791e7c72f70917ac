// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/check_job.hpp"

#include <algorithm>
#include <ostream>
#include <set>

#include "check_again.hpp"
#include "check_compare.hpp"
#include "evaluate.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/log.hpp"
#include "magicface/core/temporary_folder.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;
constexpr std::uintmax_t kMaxBytes = std::uintmax_t{512} << 20;

fs::path folder_of(const fs::path& baseline) {
  return baseline.extension() == ".jsonl" ? baseline.parent_path() : baseline;
}

fs::path figures_file(const CheckOptions& options) { return folder_of(options.baseline) / "figures.json"; }

Json evaluate_run(const CheckOptions& options, const fs::path& run) {
  EvalOptions eval;
  eval.methods = {"run=" + run.string()};  // a name of its own: that of a temporary folder changes
  eval.progress = options.progress;
  eval.bundle = options.bundle;
  eval.compute = options.compute;
  auto json = evaluation_json(evaluate(eval));
  // Figures of the run, not of this machine: where the files lie doesn't belong into a baseline.
  json.erase("folder");
  for (auto& method : json["methods"]) {
    method.erase("items");
    method.erase("file");
  }
  return json;
}

Json read_figures(const fs::path& file) {
  if (!is_file(file))
    throw NoInputError(file.string() + ": no stored figures; write them with check --update --figures");
  const auto bytes = read_file(file, kMaxBytes);
  auto json = Json::parse(bytes.begin(), bytes.end(), nullptr, false);
  if (json.is_discarded() || !json.contains("methods"))
    throw UsageError(file.string() + ": no figures of magicface eval");
  return json;
}

void write_json(const fs::path& file, const std::string& text) {
  write_file_atomically(file, {text.begin(), text.end()});
}

/// A stored run holds its pictures itself, each under a name of its own.
void expect_names(const RecordedRun& run) {
  std::set<fs::path> names;
  for (const auto& item : run.items) {
    if (item.output.empty()) continue;
    if (!lies_inside(item.key)) {
      throw UsageError("--update: expected outputs inside the run's folder, got " + item.output.string() +
                       "; make the run without --allow-outside");
    }
    if (!names.insert(fs::path(item.key).lexically_normal()).second) {
      throw UsageError("--update: two outputs of " + run.file.string() + " would be stored as " + item.key +
                       "; keep the records beside the outputs (without --records)");
    }
  }
}

/// The pictures that the old baseline's records name and the new one's don't. Nothing else in the folder is touched.
std::vector<fs::path> old_pictures(const fs::path& folder, const RecordedRun& run) {
  std::vector<fs::path> pictures;
  if (!path_exists(folder / "records.jsonl")) return pictures;
  for (const auto& item : read_run(folder / "records.jsonl").items) {
    const bool kept =
        std::any_of(run.items.begin(), run.items.end(), [&](const RecordedItem& now) { return now.key == item.key; });
    if (!kept && item.output == folder / item.key && lies_inside(item.key)) pictures.push_back(item.output);
  }
  return pictures;
}

void expect_pictures(const RecordedRun& run) {
  for (const auto& item : run.items) {
    if (!item.ok() || is_file(item.output)) continue;
    throw NoInputError("--update: expected the picture " + item.output.string() + ", which the records of " +
                       run.file.string() + " name, got none; make it again with edit --resume");
  }
}

/// What can fail without writing comes first and removing comes last, so that a failure costs the baseline nothing.
std::size_t accept(const CheckOptions& options, const RecordedRun& run) {
  const auto folder = folder_of(options.baseline);
  if (path_exists(folder) &&
      canonical_path(folder) == canonical_path(fs::is_directory(run.file) ? run.file : run.file.parent_path())) {
    throw UsageError("--update: the stored run and the run lie in the same folder, " + folder.string());
  }
  expect_names(run);
  expect_pictures(run);
  const auto gone = old_pictures(folder, run);
  const auto figures = options.figures ? evaluate_run(options, run.file).dump(1) + '\n' : std::string();
  make_folder(folder);
  std::string records;
  for (const auto& item : run.items) {
    records += record_line(item.record) + '\n';
    if (!item.ok()) continue;
    const auto target = folder / item.key;
    make_folder_of(target);
    write_file_atomically(target, read_file(item.output, kMaxBytes));
  }
  if (options.figures) write_json(figures_file(options), figures);
  write_json(folder / "records.jsonl", records);
  for (const auto& picture : gone) fs::remove(picture);
  return run.items.size();
}

void print(const Drift& drift, bool json, std::ostream& out) {
  if (json) {
    out << shown({{"where", drift.where}, {"what", drift.what}, {"how", drift.how}}) << '\n';
  } else {
    out << drift.where << ": " << drift.what << ": " << drift.how << '\n';
  }
}

RecordedRun stored_run(const CheckOptions& options) {
  if (path_exists(options.baseline)) return read_run(options.baseline);
  throw NoInputError(options.baseline.string() + ": no stored run; store one with magicface check RUN " +
                     options.baseline.string() + " --update");
}

}  // namespace

JobResult run_check(const CheckOptions& options, std::ostream& out) {
  const auto tolerances = options.tolerances ? read_tolerances(*options.tolerances) : Tolerances();
  if (options.out && !options.again) throw UsageError("--out: expected --run-again beside it, whose pictures it keeps");
  if (options.figures && !options.update) read_figures(figures_file(options));  // before anything is made
  std::optional<RecordedRun> stored;  // also needed to make it again; a first --update has none
  if (options.again || !options.update) stored = stored_run(options);
  std::optional<TemporaryFolder> temporary;
  if (options.again && !options.out) temporary.emplace("name one with --out");
  const auto folder = temporary ? temporary->path() : options.out.value_or("");
  const auto run = options.again ? make_again(*stored, folder, {options.bundle, options.compute, options.progress})
                                 : read_run(options.run);
  if (options.update) {
    const auto accepted = accept(options, run);
    log::info(folder_of(options.baseline).string() + ": " + std::to_string(accepted) + " items accepted");
    return {accepted, 0};
  }
  auto drifts = compare_runs(*stored, run, tolerances);
  if (options.figures) {
    const auto figures = read_figures(figures_file(options));
    const auto more = compare_figures(figures, evaluate_run(options, run.file), tolerances);
    drifts.insert(drifts.end(), more.begin(), more.end());
  }
  for (const auto& drift : drifts) print(drift, options.json, out);
  log::info(std::to_string(run.items.size()) + " items compared, " + std::to_string(drifts.size()) + " drifts");
  return {run.items.size(), drifts.size()};
}

}  // namespace magicface::app
