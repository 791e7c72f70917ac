// SPDX-License-Identifier: Apache-2.0
#include "edit_sheets.hpp"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/hash.hpp"
#include "magicface/core/log.hpp"
#include "magicface/core/rounding.hpp"
#include "magicface/core/text.hpp"
#include "magicface/image/animation.hpp"
#include "magicface/image/encode.hpp"
#include "magicface/image/picture.hpp"
#include "sheet_names.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

constexpr int kVideoSide = 720;  ///< most pixels of an animation's longer side

image::AnimationOptions animation_of(const EditOptions& options) {
  image::AnimationOptions animation;
  animation.frame_ms = options.sheets.frame_ms.value_or(animation.frame_ms);
  animation.quality = options.quality.value_or(95);  // it has no source to take that from
  return animation;
}

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
                       EditReport& report, const RecordedOutputs& recorded)
    : options_(options),
      report_(report),
      recorded_(recorded),
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
    files_.push_back(*sheets.grid);
  }
  if (!sheets.sweep_video) return;
  check_video(plan);
  for (const auto& picture : plan.pictures) files_.push_back(video_of(sheets, picture, many_inputs_));
}

void EditSheets::check_video(const EditPlan& plan) const {
  const auto& sheets = options_.sheets;
  image::animation_format_of_path(*sheets.sweep_video);
  image::check_animation(animation_of(options_));
  if (plan.most_edits < 2) {
    throw UsageError("--sweep-video: expected at least two edits, e.g. --au AU12=-6:6:2, got " +
                     std::to_string(plan.most_edits));
  }
  if (options_.seeds.seeds.size() > 1 && !options_.seeds.keep_best) {
    throw UsageError(
        "--sweep-video and --seeds: one seed makes a smooth animation; add --keep best or take one --seed");
  }
}

void EditSheets::check_existing() const {
  for (const auto& file : files_) {
    if (!may_write(file)) throw ItemError(file.string() + " exists; give --overwrite to replace it, or another name");
  }
}

bool EditSheets::may_write(const fs::path& file) const {
  return options_.overwrite || (options_.batch.goes_on() && recorded_.names(file)) || !fs::exists(file);
}

void EditSheets::add(EditOutcome& outcome) {
  if (item_ && item_->first != outcome.item->first) write_video();
  item_ = outcome.item;
  number_ = outcome.item->first + outcome.edit;
  const auto& sheets = options_.sheets;
  if (outcome.error) return;
  if (outcome.skipped) {
    outcome.shown = made_before(outcome);
  } else if (outcome.shown) {
    outcome.shown->caption = caption_of(outcome);
    if (sheets.compare) compare(outcome);
  }
  if (!outcome.shown) return;
  if (sheets.sweep_video) frames_[outcome.edit] = shrunk(outcome.shown->after, kVideoSide);
  if (!sheets.grid) return;
  row_of(outcome).at(outcome.edit + 1) = {image::thumbnail(outcome.shown->after, outcome.shown->face, side_),
                                          outcome.shown->caption};
}

std::vector<image::SheetCell>& EditSheets::row_of(const EditOutcome& outcome) {
  const auto [row, fresh] = rows_.try_emplace(outcome.item->first, columns_);
  if (fresh) {
    row->second[0] = {image::thumbnail(outcome.shown->before, outcome.shown->face, side_),
                      outcome.input.stem().string()};
  }
  return row->second;
}

/// Nothing when no sheet wants it, when it wasn't made, or when it can't be read any more.
std::optional<Shown> EditSheets::made_before(const EditOutcome& outcome) const {
  const auto& sheets = options_.sheets;
  const auto* entry = recorded_.find(outcome.output);
  if ((!sheets.grid && !sheets.sweep_video) || entry == nullptr || !entry->made) return std::nullopt;
  try {
    Shown shown{{}, image::read_picture(outcome.output, options_.limits).rgb, {}, entry->made->caption};
    if (shown.caption.empty()) shown.caption = caption_of(outcome);
    if (const auto& part = entry->made->shown; part.size() == 4) shown.face = {part[0], part[1], part[2], part[3]};
    const bool row_begins = sheets.grid && !rows_.contains(outcome.item->first);
    if (row_begins) shown.before = image::read_picture(outcome.input, options_.limits).rgb;
    return shown;
  } catch (const std::exception& problem) {
    log::warn(std::string(problem.what()) + "; its place in the sheet stays empty");
    return std::nullopt;
  }
}

/// What was asked for, what that came to for this face, and the seed where there are several. Of an edit that was made
/// before, only what is known without its face.
std::string EditSheets::caption_of(const EditOutcome& outcome) const {
  const auto& label = outcome.item->edits[outcome.edit].label;
  std::string caption = words(label);
  const bool one_face = outcome.other_faces.empty();  // several have each a variation of their own
  if (one_face && !outcome.skipped && face::edit_label(outcome.variation, vocabulary_) != label) {
    auto tenths = outcome.variation;
    for (auto& value : tenths) value = rounded(value, 1);
    caption += "\n" + words(face::edit_label(tenths, vocabulary_));
  }
  const bool seed_is_known = !outcome.skipped || !options_.seeds.keep_best;
  if (!options_.seeds.seeds.empty() && seed_is_known) caption += "\nseed " + std::to_string(outcome.seed);
  return caption;
}

/// With the folder made, and named in the records before, so that a run that goes on knows it for ours.
void EditSheets::write(const fs::path& file, const std::vector<std::uint8_t>& bytes) {
  make_folder_of(file);
  if (records_ != nullptr) records_->started(number_, {file});
  write_file_atomically(file, bytes);
}

void EditSheets::compare(EditOutcome& outcome) {
  const auto file = comparison_of(outcome.output);
  if (!may_write(file)) {
    outcome.warnings.push_back(file.string() + " exists and was left as it is; give --overwrite to replace it");
    log::warn(outcome.warnings.back());
    return;
  }
  try {
    const auto picture =
        image::draw_comparison(outcome.shown->before, outcome.shown->after, "before", outcome.shown->caption);
    const auto bytes = encoded(picture, file, options_.quality);
    write(file, bytes);
    outcome.comparison = file;
    outcome.files.push_back({file, sha256_of_bytes(bytes.data(), bytes.size()), bytes.size()});
  } catch (const std::exception& problem) {
    report_.add_failure(file.string() + ": " + problem.what());
  }
}

void EditSheets::write_video() {
  const auto frames = std::exchange(frames_, {});
  if (frames.empty()) return;
  const auto file = video_of(options_.sheets, item_->input.path, many_inputs_);
  try {
    if (frames.size() < 2) throw ItemError("an animation needs two frames; only one edit was made");
    std::vector<cv::Mat> ordered;
    for (const auto& [index, frame] : frames) ordered.push_back(frame);
    // There and back, so that the loop has no jump.
    for (auto frame = frames.size() - 2; frame > 0; --frame) ordered.push_back(ordered[frame]);
    write(file, image::encode_animation(ordered, image::animation_format_of_path(file), animation_of(options_)));
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
    std::vector<std::vector<image::SheetCell>> rows;
    for (auto& [item, row] : rows_) rows.push_back(std::move(row));
    write(file, encoded(image::draw_sheet(rows, side_), file, options_.quality));
    report_.add_file(file);
  } catch (const std::exception& problem) {
    report_.add_failure(file.string() + ": " + problem.what());
  }
}

}  // namespace magicface::app
