// SPDX-License-Identifier: Apache-2.0
#include "edit_sheets.hpp"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <set>

#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/hash.hpp"
#include "magicface/core/log.hpp"
#include "magicface/core/rounding.hpp"
#include "magicface/core/text.hpp"
#include "magicface/image/animation.hpp"
#include "magicface/image/encode.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

constexpr int kVideoSide = 720;  ///< most pixels of an animation's longer side

fs::path with_suffix(const fs::path& file, const std::string& suffix) {
  return file.parent_path() / (file.stem().string() + suffix + file.extension().string());
}

/// Like write_file_atomically, with the folder made.
void write_into(const fs::path& file, const std::vector<std::uint8_t>& bytes) {
  make_folder_of(file);
  write_file_atomically(file, bytes);
}

/// An animation has no source to take its quality from.
int quality_of(const EditOptions& options) { return options.quality.value_or(95); }

std::vector<std::uint8_t> encoded(const cv::Mat& rgb, const fs::path& file, const std::optional<int>& quality) {
  image::EncodeOptions encoding;
  encoding.format = image::format_of_path(file).value_or(image::Format::png);
  encoding.quality = quality;
  image::Picture picture;
  picture.rgb = rgb;
  return image::encode_picture(picture, encoding);
}

/// "AU4-6_AU12+2.5" as words, between which a line may end.
std::string words(std::string label) {
  std::replace(label.begin(), label.end(), '_', ' ');
  return label;
}

cv::Mat shrunk(const cv::Mat& rgb, int side) {
  const double scale = static_cast<double>(side) / std::max(rgb.cols, rgb.rows);
  if (scale >= 1) return rgb.clone();
  cv::Mat small;
  cv::resize(rgb, small, {}, scale, scale, cv::INTER_AREA);
  return small;
}

}  // namespace

EditSheets::EditSheets(const EditOptions& options, const models::AuSection& au, const EditPlan& plan,
                       EditReport& report)
    : options_(options),
      report_(report),
      vocabulary_(au.names),
      many_inputs_(plan.pictures.size() > 1),
      columns_(plan.most_edits + 1) {
  const auto& sheets = options.sheets;
  if ((sheets.grid || sheets.sweep_video) && plan.pictures.empty()) {
    throw UsageError("--grid and --sweep-video: expected inputs that are known before, got --jobs -; name a file");
  }
  if (sheets.grid) {
    const auto format = image::format_of_path(*sheets.grid);
    if (!format) {
      throw UsageError("--grid " + sheets.grid->string() +
                       ": expected a name that ends in .png, .jpg, .webp, .tiff or .bmp");
    }
    image::check_writable(*format);
    side_ = image::sheet_cell_side(plan.pictures.size(), columns_);
    check_new(*sheets.grid);
  }
  if (sheets.sweep_video) check_video(plan);
}

void EditSheets::check_video(const EditPlan& plan) const {
  const auto& sheets = options_.sheets;
  image::animation_format_of_path(*sheets.sweep_video);
  image::check_animation({sheets.frame_ms, quality_of(options_)});
  if (plan.most_edits < 2) {
    throw UsageError("--sweep-video: expected at least two edits, e.g. --au AU12=-6:6:2, got " +
                     std::to_string(plan.most_edits));
  }
  if (options_.seeds.seeds.size() > 1 && !options_.seeds.keep_best) {
    throw UsageError(
        "--sweep-video and --seeds: one seed makes a smooth animation; add --keep best or take one --seed");
  }
  std::set<fs::path> names;
  for (const auto& picture : plan.pictures) {
    const auto file = video_of(picture);
    check_new(file);
    if (!names.insert(file).second) {
      throw UsageError("--sweep-video: two animations would be named " + file.string() +
                       "; give inputs of different names");
    }
  }
}

void EditSheets::add(EditOutcome& outcome) {
  if (outcome.input != input_) write_video();
  input_ = outcome.input;
  if (!outcome.shown || outcome.error) return;
  if (options_.sheets.compare) compare(outcome);
  if (options_.sheets.sweep_video) frames_[outcome.edit] = shrunk(outcome.shown->after, kVideoSide);
  if (!options_.sheets.grid) return;
  row_of(outcome).at(outcome.edit + 1) = {image::thumbnail(outcome.shown->after, outcome.shown->face, side_),
                                          caption_of(outcome)};
}

std::vector<image::SheetCell>& EditSheets::row_of(const EditOutcome& outcome) {
  const std::pair key{outcome.input, outcome.face};
  const auto place = static_cast<std::size_t>(std::find(row_of_.begin(), row_of_.end(), key) - row_of_.begin());
  if (place == rows_.size()) {
    row_of_.push_back(key);
    rows_.emplace_back(columns_);
    rows_.back()[0] = {image::thumbnail(outcome.shown->before, outcome.shown->face, side_),
                       outcome.input.stem().string()};
  }
  return rows_[place];
}

/// What was asked for, what that came to for this face, and the seed where there are several.
std::string EditSheets::caption_of(const EditOutcome& outcome) const {
  const auto& label = outcome.item->edits[outcome.edit].label;
  std::string caption = words(label);
  if (face::edit_label(outcome.variation, vocabulary_) != label) {
    auto tenths = outcome.variation;
    for (auto& value : tenths) value = rounded(value, 1);
    caption += "\n" + words(face::edit_label(tenths, vocabulary_));
  }
  if (!options_.seeds.seeds.empty()) caption += "\nseed " + std::to_string(outcome.seed);
  return caption;
}

void EditSheets::compare(EditOutcome& outcome) {
  const auto file = with_suffix(outcome.output, "_compare");
  const auto& batch = options_.batch;
  if (!options_.overwrite && !batch.resume && !batch.retry_failed && fs::exists(file)) {
    outcome.warnings.push_back(file.string() + " exists and was left as it is; give --overwrite to replace it");
    log::warn(outcome.warnings.back());
    return;
  }
  try {
    const auto picture =
        image::draw_comparison(outcome.shown->before, outcome.shown->after, "before", caption_of(outcome));
    const auto bytes = encoded(picture, file, options_.quality);
    write_into(file, bytes);
    outcome.comparison = file;
    outcome.files.push_back({file, sha256_of_bytes(bytes.data(), bytes.size()), bytes.size()});
  } catch (const std::exception& problem) {
    report_.add_failure(file.string() + ": " + problem.what());
  }
}

void EditSheets::write_video() {
  const auto frames = std::exchange(frames_, {});
  if (frames.empty()) return;
  const auto file = video_of(input_);
  try {
    if (frames.size() < 2) throw ItemError("an animation needs two frames; only one edit was made");
    std::vector<cv::Mat> ordered;
    for (const auto& [index, frame] : frames) ordered.push_back(frame);
    // There and back, so that the loop has no jump.
    for (auto frame = frames.size() - 2; frame > 0; --frame) ordered.push_back(ordered[frame]);
    write_into(file, image::encode_animation(ordered, image::animation_format_of_path(file),
                                             {options_.sheets.frame_ms, quality_of(options_)}));
    report_.add_file(file);
  } catch (const std::exception& problem) {
    report_.add_failure(file.string() + ": " + problem.what());
  }
}

void EditSheets::finish() {
  write_video();
  if (!options_.sheets.grid || rows_.empty()) return;
  const auto& file = *options_.sheets.grid;
  try {
    write_into(file, encoded(image::draw_sheet(rows_, side_), file, options_.quality));
    report_.add_file(file);
  } catch (const std::exception& problem) {
    report_.add_failure(file.string() + ": " + problem.what());
  }
}

fs::path EditSheets::video_of(const fs::path& input) const {
  const auto& file = *options_.sheets.sweep_video;
  return many_inputs_ ? with_suffix(file, "_" + input.stem().string()) : file;
}

void EditSheets::check_new(const fs::path& file) const {
  if (!options_.overwrite && fs::exists(file)) {
    throw ItemError(file.string() + " exists; give --overwrite to replace it, or another name");
  }
}

}  // namespace magicface::app
