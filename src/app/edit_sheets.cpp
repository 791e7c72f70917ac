// SPDX-License-Identifier: Apache-2.0
#include "edit_sheets.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <set>

#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
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
  if (const auto folder = file.parent_path(); !folder.empty()) {
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure) throw ItemError(folder.string() + ": the folder can't be made (" + failure.message() + ")");
  }
  write_file_atomically(file, bytes);
}

std::vector<std::uint8_t> encoded(const cv::Mat& rgb, const fs::path& file, int quality) {
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

EditSheets::EditSheets(const EditOptions& options, const models::AuSection& au, const std::vector<WorkItem>& items)
    : options_(options), vocabulary_(au.names), many_inputs_(items.size() > 1) {
  for (const auto& item : items) columns_ = std::max(columns_, item.edits.size() + 1);
  const auto& sheets = options.sheets;
  if (sheets.grid) {
    if (!image::format_of_path(*sheets.grid)) {
      throw UsageError("--grid " + sheets.grid->string() + ": expected a name that ends in .png, .jpg, .webp, .tiff or .bmp");
    }
    side_ = image::sheet_cell_side(items.size(), columns_);
    check_new(*sheets.grid);
  }
  if (!sheets.sweep_video) return;
  image::animation_format_of_path(*sheets.sweep_video);
  image::check_animation({sheets.frame_ms, options.quality});
  if (columns_ < 3) {
    throw UsageError("--sweep-video: expected at least two edits, e.g. --au AU12=-6:6:2, got " + std::to_string(columns_ - 1));
  }
  if (options.seeds.seeds.size() > 1 && !options.seeds.keep_best) {
    throw UsageError("--sweep-video and --seeds: one seed makes a smooth animation; add --keep best or take one --seed");
  }
  std::set<fs::path> names;
  for (const auto& item : items) {
    const auto file = video_of(item.input.path);
    check_new(file);
    if (!names.insert(file).second) {
      throw UsageError("--sweep-video: two animations would be named " + file.string() + "; give inputs of different names");
    }
  }
}

void EditSheets::add(EditOutcome& outcome) {
  const auto& sheets = options_.sheets;
  if (!outcome.shown) return;
  const auto& shown = *outcome.shown;
  if (sheets.compare) compare(outcome);
  if (sheets.sweep_video) frames_[outcome.edit] = shrunk(shown.after, kVideoSide);
  if (!sheets.grid) return;
  row_of(outcome).at(outcome.edit + 1) = {image::thumbnail(shown.after, shown.face, side_), caption_of(outcome)};
}

std::vector<image::SheetCell>& EditSheets::row_of(const EditOutcome& outcome) {
  const std::pair key{outcome.input, outcome.face};
  const auto place = static_cast<std::size_t>(std::find(row_of_.begin(), row_of_.end(), key) - row_of_.begin());
  if (place == rows_.size()) {
    row_of_.push_back(key);
    rows_.emplace_back(columns_);
    rows_.back()[0] = {image::thumbnail(outcome.shown->before, outcome.shown->face, side_), outcome.input.stem().string()};
  }
  return rows_[place];
}

/// What was asked for, what that came to for this face, and the seed where there are several.
std::string EditSheets::caption_of(const EditOutcome& outcome) const {
  std::string caption = words(outcome.label);
  if (face::edit_label(outcome.variation, vocabulary_) != outcome.label) {
    auto tenths = outcome.variation;
    for (auto& value : tenths) value = std::round(value * 10) / 10;
    caption += "\n" + words(face::edit_label(tenths, vocabulary_));
  }
  if (!options_.seeds.seeds.empty()) caption += "\nseed " + std::to_string(outcome.seed);
  return caption;
}

void EditSheets::compare(EditOutcome& outcome) const {
  const auto file = with_suffix(outcome.output, "_compare");
  if (!options_.overwrite && fs::exists(file)) {
    outcome.warnings.push_back(file.string() + " exists and was left as it is; give --overwrite to replace it");
    return;
  }
  const auto picture = image::draw_comparison(outcome.shown->before, outcome.shown->after, "before", caption_of(outcome));
  try {
    write_into(file, encoded(picture, file, options_.quality));
    outcome.comparison = file;
  } catch (const ItemError& problem) {
    outcome.error = problem.what();
  }
}

std::optional<fs::path> EditSheets::finish_item(const WorkItem& item) {
  const auto frames = std::exchange(frames_, {});
  if (!options_.sheets.sweep_video || frames.empty()) return std::nullopt;
  const auto file = video_of(item.input.path);
  if (frames.size() < 2) throw ItemError(file.string() + ": an animation needs two frames; only one edit was made");
  std::vector<cv::Mat> ordered;
  for (const auto& [index, frame] : frames) ordered.push_back(frame);
  // There and back, so that the loop has no jump.
  for (auto frame = frames.size() - 2; frame > 0; --frame) ordered.push_back(ordered[frame]);
  write_into(file, image::encode_animation(ordered, image::animation_format_of_path(file),
                                           {options_.sheets.frame_ms, options_.quality}));
  return file;
}

std::optional<fs::path> EditSheets::finish() {
  if (!options_.sheets.grid || rows_.empty()) return std::nullopt;
  write_into(*options_.sheets.grid, encoded(image::draw_sheet(rows_, side_), *options_.sheets.grid, options_.quality));
  return options_.sheets.grid;
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
