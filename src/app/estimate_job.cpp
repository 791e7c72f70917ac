// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/estimate_job.hpp"

#include <ostream>
#include <sstream>

#include "estimate_table.hpp"
#include "input_loop.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/pipeline/engine.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

bool wants_json(const EstimateOptions& options) {
  if (!options.out) return options.json;
  const auto extension = options.out->extension();
  if (extension == ".csv" && options.json) {
    throw UsageError("--out " + options.out->string() +
                     " with --json: expected a name in .json or .jsonl; leave --json out for CSV");
  }
  return options.json || extension == ".json" || extension == ".jsonl";
}

/// Before a model is loaded: a table that can't be written must not cost the time of making it.
void check_target(const EstimateOptions& options) {
  if (options.columns && wants_json(options))
    throw UsageError("--columns: expected a CSV, got JSON, whose fields have names of their own; keep one of them");
  if (!options.out) return;
  if (fs::is_directory(*options.out))
    throw UsageError("--out " + options.out->string() + ": expected a file's name, got a folder");
  keep_existing(*options.out, options.overwrite);
}

void write_table(const fs::path& target, const std::string& text) {
  make_folder_of(target);
  write_file_atomically(target, {text.begin(), text.end()});
}

class EstimateJob {
 public:
  EstimateJob(const EstimateOptions& options, std::shared_ptr<const models::Bundle> bundle, std::ostream& lines)
      : options_(options),
        json_(wants_json(options)),
        header_(!json_),
        faces_(bundle, options.compute),
        table_(bundle->manifest().au.names, options.columns.value_or(face::AuColumns::openface), options.landmarks),
        lines_(lines) {
    if (!faces_.can_estimate())
      throw BundleError(bundle->label() + ": the bundle has no 'au_estimator'; use another bundle");
  }

  void estimate(const fs::path& path) {
    const auto picture = image::read_picture(path, options_.limits);
    const auto found = faces_.detect(picture.rgb);
    if (found.empty())
      throw ItemError("no face found, upright or turned; use a picture that shows one larger and uncovered");
    if (std::exchange(header_, false)) lines_ << table_.csv_header() << '\n';
    for (std::size_t i = 0; i < found.size(); ++i) {
      FaceEstimate estimate{path,
                            i + 1,
                            found[i],
                            faces_.estimate_aus(picture.rgb, found[i]),
                            faces_.estimate_pose(picture.rgb, found[i]),
                            {}};
      if (options_.landmarks) estimate.landmarks = faces_.landmarks(picture.rgb, found[i]);
      lines_ << (json_ ? table_.json(estimate) : table_.csv_row(estimate)) << std::endl;
    }
  }

 private:
  const EstimateOptions& options_;
  bool json_;
  bool header_;  ///< still to be written
  pipeline::FaceAnalyser faces_;
  EstimateTable table_;
  std::ostream& lines_;
};

}  // namespace

JobResult run_estimate(const EstimateOptions& options, std::istream& list, std::ostream& out) {
  const auto bundle = std::make_shared<const models::Bundle>(models::find_bundle(options.bundle));
  pipeline::check_compute(options.compute);
  check_target(options);
  std::ostringstream text;
  EstimateJob job(options, bundle, options.out ? text : out);
  const auto finish = [&] {
    if (!options.out || text.view().empty()) return;
    write_table(*options.out, text.str());
    out << options.out->string() << std::endl;
  };
  try {
    const auto result = for_each_input(options.inputs, list, [&](const fs::path& path) { job.estimate(path); });
    finish();
    return result;
  } catch (const Cancelled&) {
    finish();
    throw;
  }
}

}  // namespace magicface::app
