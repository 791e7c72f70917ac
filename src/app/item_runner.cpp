// SPDX-License-Identifier: Apache-2.0
#include "item_runner.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "best_seed.hpp"
#include "magicface/core/cancellation.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/log.hpp"
#include "magicface/core/out_of_memory.hpp"
#include "make_or_halve.hpp"
#include "stopwatch.hpp"

namespace magicface::app {
namespace {

void tell_halved(std::size_t count, const std::exception& problem) {
  log::warn((says_out_of_memory(problem) ? "out of memory" : "failed") + std::string(" with ") + std::to_string(count) +
            " edits at a time; trying " + std::to_string(count - count / 2));
}

/// What sheets show of an edit: the face with its surroundings, or the model's whole crop.
Shown shown_of(const pipeline::Portrait& portrait, const cv::Mat& after) {
  const auto* analysis = pipeline::analysis_of(portrait);
  const auto& source = pipeline::source_of(portrait).rgb;
  if (analysis == nullptr) return {source, after, {}};
  if (after.size() != source.size()) return {analysis->crop, after, {}};
  const auto& box = analysis->face.box;
  const float side = 2.2F * std::max(box.width, box.height);
  const cv::Point2f centre = (box.tl() + box.br()) * 0.5F;
  return {source, after, cv::Rect(cv::Rect2f(centre.x - side / 2, centre.y - side / 2, side, side))};
}

/// All faces that were edited.
Shown shown_of(const std::vector<ReadyFace>& faces, const cv::Mat& after) {
  auto shown = shown_of(*faces.back().portrait, after);
  for (const auto& face : faces) shown.face |= shown_of(*face.portrait, after).face;
  return shown;
}

std::string words_of(const std::exception& problem) {
  return says_out_of_memory(problem) ? "out of memory, even with one edit at a time; try a smaller picture, --dtype "
                                       "bfloat16 or another --device"
                                     : problem.what();
}

/// A stretch of rows whose portraits have one size: only `--crop none` has others.
using Rows = std::vector<Row>;
std::vector<Rows> by_size(const Rows& rows) {
  std::vector<Rows> parts;
  const auto size_of = [](const Row& row) { return pipeline::latent_size(*row.work->faces.front().portrait); };
  for (const auto& row : rows) {
    const auto alike = std::find_if(parts.begin(), parts.end(),
                                    [&](const Rows& part) { return size_of(part.front()) == size_of(row); });
    if (alike != parts.end()) {
      alike->push_back(row);
    } else {
      parts.push_back({row});
    }
  }
  return parts;
}

}  // namespace

void ItemRunner::run(LoadedItem loaded) {
  const bool last = loaded.ends_group;
  auto& work = group_.emplace_back(Work{std::move(loaded)});
  settle(work);
  prepare(work);
  pass_on();
  if (!last) return;
  make_group();
  group_.clear();
  passed_on_ = 0;
}

/// Reports what is decided already; the rest is pending.
void ItemRunner::settle(Work& work) {
  const auto& fates = work.loaded.fates;
  for (std::size_t i = 0; i < fates.size(); ++i) {
    if (fates[i].kind == Fate::Kind::make) work.pending.insert(i);
  }
  if (fates.empty()) fail(work, 0, work.loaded.problem.value_or("nothing to do"));
  for (std::size_t i = 0; i < fates.size(); ++i) {
    if (fates[i].kind == Fate::Kind::make || fates[i].kind == Fate::Kind::unwanted) continue;
    auto outcome = outcome_of(work, i);
    outcome.skipped = fates[i].kind == Fate::Kind::skip;
    if (!outcome.skipped) outcome.error = fates[i].reason;
    work.products.push_back({std::move(outcome), {}, {}});
  }
}

void ItemRunner::prepare(Work& work) {
  try {
    if (work.loaded.problem) throw ItemError(*work.loaded.problem);
    if (work.loaded.picture) preparation_.prepare(work);
  } catch (const std::exception& problem) {
    if (concerns_every_item(problem)) throw;
    if (work.pending.empty() && work.loaded.wanted && !work.loaded.fates.empty()) {
      log::warn("the batch is sampled without " + work.loaded.item->input.path.string() +
                ", so its pictures may differ in rounding from those made with it: " + problem.what());
    }
    for (const auto edit : std::set(work.pending)) fail(work, edit, words_of(problem));
  }
}

void ItemRunner::fail(Work& work, std::size_t edit, const std::string& error) {
  auto outcome = outcome_of(work, edit);
  outcome.error = error;
  work.pending.erase(edit);
  work.products.push_back({std::move(outcome), {}, {}});
}

/// Batches are formed from all edits of the group, wanted or not, so that a resumed run computes the same batches, and
/// with them the same bytes. One in which nothing is wanted is left out.
void ItemRunner::make_group() {
  Rows rows;
  bool best = false;  // --keep best concerns all edits of an item alike, and such an item is a group of its own
  for (auto& work : group_) {
    for (std::size_t edit = 0; edit < work.loaded.item->edits.size() && !work.faces.empty(); ++edit) {
      rows.push_back({&work, edit});
      best = best || !work.loaded.item->edits[edit].rivals.empty();
    }
  }
  const auto size = best ? 1 : static_cast<std::size_t>(options_.compute.batch_size);
  for (const auto& part : by_size(rows)) {
    for (std::size_t first = 0; first < part.size(); first += size) {
      make(std::span(part).subspan(first, std::min(size, part.size() - first)));
    }
  }
}

void ItemRunner::make(std::span<const Row> rows) {
  const auto make = [this](std::span<const Row> some) {
    if (std::none_of(some.begin(), some.end(), [](const Row& row) { return row.pending(); })) return;
    const auto& [work, edit] = some.front();
    if (work->loaded.item->edits[edit].rivals.empty()) return sample(some);
    sample_best(*work, edit);
  };
  const auto failed = [this](const Row& row, const std::exception& problem) {
    fail(*row.work, row.edit, words_of(problem));
    pass_on();
  };
  make_or_halve<Row>(rows, make, failed, tell_halved);
}

void ItemRunner::sample(std::span<const Row> rows) {
  std::vector<Growing> made;
  for (const auto& row : rows) made.push_back({row.work->picture, {}});
  const auto faces = rows.front().work->faces.size();  // 1 where items share the batch
  for (std::size_t face = 0; face < faces; ++face) sample_face(rows, face, made);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].pending()) deliver(*rows[i].work, rows[i].edit, std::move(made[i]));
  }
}

void ItemRunner::sample_face(std::span<const Row> rows, std::size_t number, std::vector<Growing>& made) {
  const Stopwatch watch;
  auto together = std::make_shared<SampledBatch>();
  std::vector<pipeline::BatchRow> batch;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& face = rows[i].work->faces[number];
    const auto& request = face.item->edits[rows[i].edit];
    together->rows.push_back(
        {request.variation, request.seed, face.item, rows[i].edit, rows[i].work->loaded.input_sha256});
    batch.push_back({face.portrait, {request.variation, request.seed, &made[i].picture}});
  }
  auto edited = sampled(batch);
  const double seconds = watch.seconds() / static_cast<double>(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].pending()) continue;
    const auto& face = rows[i].work->faces[number];
    made[i].picture = std::move(edited[i].picture);
    auto outcome = outcome_of(*rows[i].work, face, rows[i].edit);
    for (const auto& warning : edited[i].warnings) {
      log::warn(outcome.input.string() + ": " + warning);
      outcome.warnings.push_back(warning);
    }
    outcome.seconds = seconds;
    outcome.batch = together;
    outcome.batch_place = i;
    outcome.stages.emplace_back("sample", seconds);
    const Stopwatch estimating;
    if (estimates_ && options_.composite == pipeline::Composite::automatic) {
      outcome.au_after = preparation_.estimate(made[i].picture.rgb, *face.portrait);
    }
    outcome.stages.emplace_back("estimate", estimating.seconds());
    made[i].outcomes.push_back(std::move(outcome));
  }
}

void ItemRunner::sample_best(Work& work, std::size_t index) {
  const auto& face = work.faces.front();  // --keep best is refused beside --face all
  const auto& request = face.item->edits[index];
  const Stopwatch watch;
  std::vector<std::uint64_t> seeds{request.seed};
  seeds.insert(seeds.end(), request.rivals.begin(), request.rivals.end());
  const auto make = [&](std::span<const std::uint64_t> batch) {
    std::vector<pipeline::BatchRow> rows;
    for (const auto seed : batch) rows.push_back({face.portrait, {request.variation, seed}});
    return sampled(rows);
  };
  const auto judge = [&](const pipeline::Edited& edited) {
    return preparation_.estimate(edited.picture.rgb, *face.portrait).value();
  };
  const auto size = static_cast<std::size_t>(options_.compute.batch_size);
  auto best =
      best_of_seeds(seeds, size, face::intended(face.before.value(), request.variation), make, judge, tell_halved);

  auto outcome = outcome_of(work, face, index);
  outcome.warnings.insert(outcome.warnings.end(), best.edited.warnings.begin(), best.edited.warnings.end());
  outcome.seed = best.seed();
  outcome.au_after = best.intensities;
  outcome.seconds = watch.seconds();
  outcome.stages.emplace_back("sample", outcome.seconds);
  auto together = std::make_shared<SampledBatch>();
  for (const auto seed : best.batch) {
    together->rows.push_back({request.variation, seed, face.item, index, work.loaded.input_sha256});
  }
  outcome.batch = std::move(together);
  outcome.batch_place = best.place;
  Growing made{std::move(best.edited.picture), {}};
  made.outcomes.push_back(std::move(outcome));
  deliver(work, index, std::move(made));
}

std::vector<pipeline::Edited> ItemRunner::sampled(const std::vector<pipeline::BatchRow>& rows) {
  return engine_().edit(rows, options_.sampling, options_.composite, [&](int step, int steps) {
    progress_.step(step, steps);
    throw_if_cancelled();
  });
}

EditOutcome ItemRunner::outcome_of(const Work& work, std::size_t edit) const {
  const auto& item = *work.loaded.item;
  EditOutcome outcome;
  outcome.item = work.loaded.item;
  outcome.edit = edit;
  outcome.input = item.input.path;
  outcome.input_sha256 = work.loaded.input_sha256;
  outcome.stages = work.stages;
  if (edit < item.edits.size()) {  // a broken line has none
    outcome.output = item.outputs[edit].path;
    outcome.variation = item.edits[edit].variation;
    outcome.seed = item.edits[edit].seed;
    outcome.warnings = item.edits[edit].warnings;
  }
  return outcome;
}

EditOutcome ItemRunner::outcome_of(const Work& work, const ReadyFace& face, std::size_t edit) const {
  auto outcome = outcome_of(work, edit);
  const auto& request = face.item->edits[edit];
  outcome.item = face.item;
  outcome.face = face.number;
  outcome.variation = request.variation;
  outcome.warnings = request.warnings;
  outcome.warnings.insert(outcome.warnings.end(), face.warnings.begin(), face.warnings.end());
  outcome.au_before = face.before;
  return outcome;
}

void ItemRunner::deliver(Work& work, std::size_t index, Growing made) {
  const auto& face = work.faces.back();
  auto outcome = std::move(made.outcomes.back());
  made.outcomes.pop_back();
  for (const auto& task : work.left_out) {
    auto& skipped = outcome.other_faces.emplace_back(outcome_of(work, index));
    skipped.face = task.number;
    skipped.skipped = true;
    skipped.error = "left out: " + *task.problem;
  }
  std::move(made.outcomes.begin(), made.outcomes.end(), std::back_inserter(outcome.other_faces));
  auto request = face.item->edits[index];
  request.seed = outcome.seed;
  auto& picture = made.picture;
  const auto& sheets = options_.sheets;
  if (sheets.grid || sheets.compare || sheets.sweep_video) outcome.shown = shown_of(work.faces, picture.rgb);
  image::EncodeOptions encoding;
  encoding.format = face.item->outputs[index].format;
  encoding.quality = options_.quality;
  if (options_.metadata) {
    encoding.parameters = parameters_text(options_, manifest_, request, picture.rgb.cols, picture.rgb.rows);
    image::declare_composite(picture.metadata);
  } else {
    picture.metadata = image::without_descriptions(picture.metadata);
  }
  work.pending.erase(index);
  work.products.push_back({std::move(outcome), std::move(picture), std::move(encoding)});
  pass_on();
}

void ItemRunner::pass_on() {
  for (; passed_on_ < group_.size(); ++passed_on_) {
    auto& first = group_[passed_on_];
    for (auto& ended : std::exchange(first.products, {})) done_(std::move(ended));
    if (!first.pending.empty()) break;
  }
}

}  // namespace magicface::app
