// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/edit_job.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <span>

#include "edit_report.hpp"
#include "magicface/app/inputs.hpp"
#include "magicface/core/cancellation.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/log.hpp"
#include "magicface/face/action_units.hpp"
#include "magicface/image/encode.hpp"
#include "magicface/pipeline/engine.hpp"
#include "progress.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// The edits of the command line; every input gets all of them.
struct RequestedEdit {
  std::vector<double> variation;
  std::string label;
  std::vector<std::string> warnings;
};

std::vector<RequestedEdit> parse_edits(const EditOptions& options, const models::AuSection& au) {
  const face::AuVocabulary vocabulary(au.names);
  std::vector<std::vector<double>> variations;
  for (const auto& text : options.au) variations.push_back(face::parse_edit(text, vocabulary));
  if (!options.release_au.empty() || !options.release_variation.empty()) {
    variations.push_back(face::parse_release_edit(options.release_au, options.release_variation, vocabulary));
  }
  if (variations.empty()) throw UsageError("--au: expected at least one edit, e.g. --au AU12=3, got none");
  std::vector<RequestedEdit> edits;
  for (auto& variation : variations) {
    auto warnings = face::range_warnings(variation, vocabulary, au.min, au.max);
    for (const auto& warning : warnings) log::warn(warning);
    auto label = face::edit_label(variation, vocabulary);
    edits.push_back({std::move(variation), std::move(label), std::move(warnings)});
  }
  return edits;
}

std::optional<fs::path> condition_for(const EditOptions& options, const fs::path& input) {
  if (!options.condition || !fs::is_directory(*options.condition)) return options.condition;
  for (const auto& entry : fs::directory_iterator(*options.condition)) {
    if (entry.path().stem() == input.stem() && image::format_of_path(entry.path())) return entry.path();
  }
  throw ItemError("--condition " + options.condition->string() + ": no picture named " + input.stem().string() + ".* in it");
}

void check_options(const EditOptions& options, const models::Manifest& manifest) {
  pipeline::check_compute(options.compute);
  pipeline::check_sampling(options.sampling, manifest);
  if (options.condition && options.crop != pipeline::Crop::none) {
    throw UsageError("--condition: expected --crop none beside it (a condition image fits the uncropped picture), got --crop auto");
  }
  if (options.condition && !fs::exists(*options.condition)) {
    throw UsageError("--condition " + options.condition->string() + ": no such file or folder");
  }
  if (options.quality < 1 || options.quality > 100) {
    throw UsageError("--quality: expected 1 to 100, got " + std::to_string(options.quality));
  }
}

/// One run of `edit`: the plan is made first, then each portrait is encoded once and all its edits are sampled.
class EditJob {
 public:
  EditJob(const EditOptions& options, std::shared_ptr<const models::Bundle> bundle, std::ostream& out)
      : options_(options), bundle_(std::move(bundle)), manifest_(bundle_->manifest()), report_(options, manifest_, out),
        progress_(options.progress) {}

  JobResult run(std::istream& list) {
    edits_ = parse_edits(options_, manifest_.au);
    const auto inputs = expand_inputs(options_.inputs, list);
    const auto seed = options_.seed.value_or(manifest_.defaults.seed);
    std::vector<OutputKey> keys;
    for (const auto& input : inputs) {
      for (const auto& edit : edits_) keys.push_back({input.path, edit.label, seed, keys.size() + 1, 1});
    }
    const auto outputs = plan_outputs(keys, options_.output);
    pipeline::Engine engine(bundle_, options_.compute);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      throw_if_cancelled();
      progress_.item(i + 1, inputs.size(), inputs[i].path.filename().string());
      edit_input(engine, inputs[i], std::span(outputs).subspan(i * edits_.size(), edits_.size()), seed);
    }
    progress_.finish();
    return report_.result();
  }

 private:
  /// Reports every edit that isn't made yet as failed.
  void fail(const Input& input, std::span<const PlannedOutput> outputs, const std::vector<std::size_t>& which,
            const std::string& error) {
    progress_.clear();
    for (const auto index : which) {
      EditOutcome outcome{input.path, outputs[index].path, edits_[index].variation, error, {}, {}, 0, edits_[index].warnings};
      report_.add(outcome);
    }
  }

  void edit_input(pipeline::Engine& engine, const Input& input, std::span<const PlannedOutput> outputs, std::uint64_t seed) {
    std::vector<std::size_t> pending, existing;
    for (std::size_t i = 0; i < edits_.size(); ++i) {
      (!options_.overwrite && fs::exists(outputs[i].path) ? existing : pending).push_back(i);
    }
    for (const auto index : existing) {
      fail(input, outputs, {index}, outputs[index].path.string() + " exists; give --overwrite to replace it, or another --out");
    }
    try {
      if (input.problem) throw ItemError(*input.problem);
      if (pending.empty()) return;
      pipeline::PortraitOptions portrait_options;
      portrait_options.crop = options_.crop;
      portrait_options.condition = condition_for(options_, input.path);
      portrait_options.composite = options_.composite;
      const auto portrait = engine.prepare(image::read_picture(input.path), portrait_options);
      const auto before = estimate(engine, portrait_picture(*portrait), *portrait);
      while (!pending.empty()) {
        const auto count = std::min(pending.size(), static_cast<std::size_t>(options_.compute.batch_size));
        edit_batch(engine, *portrait, input, outputs, std::span(pending).first(count), seed, before);
        pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(count));
      }
    } catch (const Cancelled&) {
      throw;
    } catch (const UsageError&) {
      throw;
    } catch (const BundleError&) {
      throw;
    } catch (const std::bad_alloc&) {
      fail(input, outputs, pending, "out of memory; try a smaller --batch-size or a smaller picture");
    } catch (const std::exception& problem) {
      fail(input, outputs, pending, problem.what());
    }
  }

  void edit_batch(pipeline::Engine& engine, const pipeline::Portrait& portrait, const Input& input,
                  std::span<const PlannedOutput> outputs, std::span<const std::size_t> batch, std::uint64_t seed,
                  const std::optional<std::vector<double>>& before) {
    const auto start = Clock::now();
    std::vector<pipeline::Edit> edits;
    for (const auto index : batch) edits.push_back({edits_[index].variation, seed});
    const auto edited = engine.edit(portrait, edits, options_.sampling, options_.composite, [&](int step, int steps) {
      progress_.step(step, steps);
      throw_if_cancelled();
    });
    const double seconds = seconds_since(start) / static_cast<double>(batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const auto& output = outputs[batch[i]];
      EditOutcome outcome{input.path, output.path, edits_[batch[i]].variation, {}, before, {}, seconds,
                          edits_[batch[i]].warnings};
      try {
        write(edited[i].picture, output, edits_[batch[i]].label);
        if (options_.composite == pipeline::Composite::automatic) {
          outcome.au_after = estimate(engine, edited[i].picture.rgb, portrait);
        }
      } catch (const ItemError& problem) {
        outcome.error = problem.what();
      }
      progress_.clear();
      report_.add(outcome);
    }
  }

  void write(const image::Picture& picture, const PlannedOutput& output, const std::string& label) {
    image::EncodeOptions encoding;
    encoding.format = output.format;
    encoding.quality = options_.quality;
    encoding.parameters = parameters_text(options_, manifest_, label, picture.rgb.cols, picture.rgb.rows);
    if (const auto folder = output.path.parent_path(); !folder.empty()) {
      std::error_code failure;
      fs::create_directories(folder, failure);
      if (failure) throw ItemError(folder.string() + ": the folder can't be made (" + failure.message() + ")");
    }
    write_file_atomically(output.path, image::encode_picture(picture, encoding));
  }

  static const cv::Mat& portrait_picture(const pipeline::Portrait& portrait) { return pipeline::source_of(portrait).rgb; }

  /// AU intensities for the JSON lines; nothing without a face, an estimator or a reader.
  std::optional<std::vector<double>> estimate(pipeline::Engine& engine, const cv::Mat& rgb,
                                              const pipeline::Portrait& portrait) {
    const auto* analysis = pipeline::analysis_of(portrait);
    if (!options_.json || analysis == nullptr || !engine.faces().can_estimate()) return std::nullopt;
    return engine.faces().estimate_aus(rgb, analysis->face);
  }

  const EditOptions& options_;
  std::shared_ptr<const models::Bundle> bundle_;
  const models::Manifest& manifest_;
  EditReport report_;
  Progress progress_;
  std::vector<RequestedEdit> edits_;
};

}  // namespace

JobResult run_edit(const EditOptions& options, std::istream& list, std::ostream& out) {
  auto bundle = std::make_shared<const models::Bundle>(models::find_bundle(options.bundle));
  check_options(options, bundle->manifest());
  return EditJob(options, std::move(bundle), out).run(list);
}

}  // namespace magicface::app
