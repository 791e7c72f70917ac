// SPDX-License-Identifier: Apache-2.0
#include "eval_measure.hpp"

#include <algorithm>
#include <numeric>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "magicface/core/cancellation.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/text.hpp"
#include "magicface/face/au_request.hpp"
#include "magicface/measure/expression.hpp"
#include "magicface/measure/pixels.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

/// What was wrong with the pair at hand, in a sentence.
template <typename Work>
std::optional<std::string> problem_of(const Work& work) {
  try {
    work();
    return std::nullopt;
  } catch (const std::exception& problem) {
    if (concerns_every_item(problem)) throw;
    return problem.what();
  }
}

/// A mask that a person or another program drew: more than half bright is the face.
cv::Mat read_mask(const fs::path& file) {
  cv::Mat grey, mask;
  cv::extractChannel(image::read_picture(file).rgb, grey, 1);
  cv::threshold(grey, mask, 127, 255, cv::THRESH_BINARY);
  return mask;
}

/// Everything about a source that its edits share.
struct Source {
  std::pair<fs::path, std::string> key;  ///< picture and face
  std::vector<FaceReading> readings;     ///< of the faces that were edited; mostly one
  std::optional<cv::Mat> mask;           ///< of the parser, made when first needed
  std::optional<std::string> problem;
};

class PairMeasurer {
 public:
  PairMeasurer(FaceReader& reader, const std::vector<std::string>& units) : reader_(reader), units_(units) {}

  PairFigures measure(const EvalPair& pair) {
    PairFigures figures;
    const auto complain = [&](const std::string& problem) {
      const auto& known = figures.problems;  // several faces, or figures, may have one
      if (std::find(known.begin(), known.end(), problem) == known.end()) figures.problems.push_back(problem);
    };
    if (pair.problem) {
      complain(*pair.problem);
      return figures;
    }
    open(pair);
    if (source_.problem) {
      complain(*source_.problem);
      return figures;
    }
    cv::Mat pixels;
    const bool own = pair.by_face.size() == source_.readings.size();
    // Of several faces that were edited and aren't found, a table's row doesn't say whose it is.
    const bool whose = source_.readings.front().face || pair.by_face.size() < 2;
    if (!whose) complain(no_face_in_source(pair.source));
    for (std::size_t i = 0; i < source_.readings.size(); ++i) {
      const auto& before = source_.readings[i];
      for (const auto& problem : before.problems) complain(problem);
      const auto problem = problem_of([&] {
        auto edited = reader_.read_edited(pair.edited, before);
        for (const auto& missing : edited.problems) complain(missing);
        if (whose) add_readings(own ? pair.by_face[i] : pair.variation, before, edited, figures);
        pixels = std::move(edited.rgb);
      });
      if (problem) complain(*problem);
    }
    // A picture without a face still has a background.
    if (pixels.empty() && problem_of([&] { pixels = image::read_picture(pair.edited).rgb; })) return figures;
    if (const auto problem = problem_of([&] { add_background(pair, pixels, figures); })) complain(*problem);
    if (const auto problem = problem_of([&] { add_truth(pair, pixels, figures); })) complain("truth: " + *problem);
    return figures;
  }

 private:
  void open(const EvalPair& pair) {
    const auto key = std::pair(pair.source, pair.face);
    if (source_.key == key && (!source_.readings.empty() || source_.problem)) return;
    source_ = Source{key, {}, {}, {}};
    source_.problem = problem_of([&] { source_.readings = reader_.read_source(pair.source, pair.face); });
  }

  /// Several faces of a picture add up.
  void add_readings(const face::ActionUnits& variation, const FaceReading& before, const FaceReading& edited,
                    PairFigures& figures) {
    if (before.au && edited.au) {
      const auto intended = face::intended(*before.au, variation);
      const auto errors = measure::squared_errors(*edited.au, intended);
      for (std::size_t i = 0; i < errors.size(); ++i) {
        figures.shares[unit_key(units_[i])] += {errors[i], 1};
      }
      const double sum = std::accumulate(errors.begin(), errors.end(), 0.0);
      figures.shares["au_mse"] += {sum / static_cast<double>(errors.size()), 1};
      figures.shares["direction"] += measure::right_directions(*before.au, *edited.au, intended);
      figures.shares["untouched"] += measure::untouched_change(*before.au, *edited.au, variation);
      if (!figures.au_before) {
        figures.au_before = before.au;
        figures.au_after = edited.au;
        figures.au_intended = intended;
      }
    }
    if (!before.identity.empty() && !edited.identity.empty())
      figures.shares["identity_l2"] += {measure::distance(before.identity, edited.identity), 1};
    if (before.pose && edited.pose)
      figures.shares["pose_rmse"] += {measure::mean_square_angle(*before.pose, *edited.pose), 1};
  }

  void add_background(const EvalPair& pair, const cv::Mat& edited, PairFigures& figures) {
    const auto& before = source_.readings.front().rgb;
    if (edited.size() != before.size()) {
      throw ItemError("no background: the source is " + size_text(before.cols, before.rows) +
                      " pixels, the edited picture " + size_text(edited.cols, edited.rows));
    }
    if (!pair.mask && !source_.readings.front().face && reader_.has_parser())
      throw ItemError(no_face_in_source(pair.source));
    if (!pair.mask && !source_.mask) source_.mask = reader_.face_mask(source_.readings);
    const cv::Mat mask = pair.mask ? read_mask(*pair.mask) : *source_.mask;
    if (mask.empty()) return;
    if (const auto square = measure::mean_square_outside(before, edited, mask))
      figures.shares["background_rmse"] = {*square, 1};
  }

  static void add_truth(const EvalPair& pair, const cv::Mat& edited, PairFigures& figures) {
    if (!pair.truth) return;
    const auto truth = image::read_picture(*pair.truth).rgb;
    figures.shares["psnr"] = {measure::psnr(edited, truth), 1};
    figures.shares["ssim"] = {measure::ssim(edited, truth), 1};
  }

  FaceReader& reader_;
  const std::vector<std::string>& units_;
  Source source_;
};

}  // namespace

std::size_t EvalScores::problems() const {
  return static_cast<std::size_t>(
      std::count_if(figures.begin(), figures.end(), [](const PairFigures& pair) { return !pair.problems.empty(); }));
}

EvalScores measure_method(EvalMethod method, FaceReader& reader, const std::vector<std::string>& units,
                          const OnPair& on_pair) {
  EvalScores scores{std::move(method), {}, {}};
  const auto& pairs = scores.method.pairs;
  scores.figures.resize(pairs.size());
  std::vector<std::size_t> order(pairs.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(pairs[a].source, pairs[a].face) < std::tie(pairs[b].source, pairs[b].face);
  });
  PairMeasurer measurer(reader, units);
  std::size_t done = 0;
  for (const auto index : order) {
    throw_if_cancelled();
    on_pair(done++);
    scores.figures[index] = measurer.measure(pairs[index]);
  }
  return scores;
}

void summarise(EvalScores& scores, const measure::BootstrapOptions& options) {
  std::map<std::string, std::map<fs::path, measure::Share>> groups;  // by figure, then by source
  for (std::size_t i = 0; i < scores.figures.size(); ++i) {
    const auto source = canonical_path(scores.method.pairs[i].source);
    for (const auto& [key, share] : scores.figures[i].shares) groups[key][source] += share;
  }
  for (const auto& [key, by_source] : groups) {
    std::vector<measure::Share> shares;
    for (const auto& [source, share] : by_source) {
      if (share.count > 0) shares.push_back(share);
    }
    if (!shares.empty()) scores.summary[key] = measure::bootstrap(shares, figure_info(key).kind, options);
  }
}

}  // namespace magicface::app
