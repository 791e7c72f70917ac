// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <random>
#include <set>

#include "magicface/app/eval_job.hpp"
#include "magicface/app/inputs.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/log.hpp"
#include "magicface/core/text.hpp"
#include "magicface/models/bundle.hpp"
#include "record_file.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;
constexpr std::size_t kFewest = 2, kMost = 4;  // action units of a combination
constexpr int kStrongest = 5;                  // levels of an intensity

/// Draws that are the same on every machine: the engine is fixed by the standard, the distributions aren't.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t end) { return engine_() % end; }

  template <typename Value>
  void shuffle(std::vector<Value>& values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
  }

 private:
  std::mt19937_64 engine_;
};

/// One combination: 2 to 4 units, each with a variation of -5 to 5 but 0, in the bundle's order.
Json combination(const std::vector<std::string>& units, Draws& draws) {
  std::vector<std::size_t> chosen(units.size());
  for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i] = i;
  draws.shuffle(chosen);
  chosen.resize(std::min(units.size(), kFewest + draws.below(kMost - kFewest + 1)));
  std::sort(chosen.begin(), chosen.end());
  Json edit = Json::object();
  for (const auto unit : chosen) {
    const int size = 1 + static_cast<int>(draws.below(kStrongest));
    edit[units[unit]] = draws.below(2) == 0 ? size : -size;
  }
  return edit;
}

/// The edits that every person gets.
Json edits_of(const EvalPlanOptions& options, const std::vector<std::string>& units, Draws& draws) {
  Json edits = Json::array();
  for (const auto& unit : units) {
    for (const double level : options.levels) edits.push_back(Json{{unit, level}});
  }
  std::set<std::string> known;
  for (std::size_t drawn = 0; known.size() < options.combinations; ++drawn) {
    if (drawn > 1000 * options.combinations)
      throw UsageError("--combinations: too many for " + std::to_string(units.size()) + " action units");
    auto edit = combination(units, draws);
    if (known.insert(edit.dump()).second) edits.push_back(std::move(edit));
  }
  return edits;
}

std::vector<fs::path> people_of(const EvalPlanOptions& options, std::istream& list, Draws& draws) {
  std::vector<fs::path> people;
  for (const auto& input : expand_inputs(options.people, list)) {
    if (input.problem) throw NoInputError(input.path.string() + ": " + *input.problem);
    people.push_back(input.path);
  }
  if (people.size() < options.count) {
    throw NoInputError("--people: expected " + std::to_string(options.count) + " portraits, got " +
                       std::to_string(people.size()) + "; name more pictures, or give --people " +
                       std::to_string(people.size()));
  }
  if (people.size() > options.count) {
    draws.shuffle(people);
    people.resize(options.count);
    std::sort(people.begin(), people.end());
  }
  return people;
}

void check(const EvalPlanOptions& options, std::size_t units) {
  if (options.count < 1) throw UsageError("--people: expected 1 or more, got 0");
  if (options.levels.empty() && options.combinations == 0)
    throw UsageError("--combinations 0 without --levels leaves no edit");
  std::set<double> known;
  for (const double level : options.levels) {
    if (level == 0 || !(level >= -10 && level <= 10))  // NaN is neither
      throw UsageError("--levels: expected variations of -10 to 10 but 0, got " + format_number(level));
    if (!known.insert(level).second)
      throw UsageError("--levels: expected each level once, got " + format_number(level) + " twice");
  }
  constexpr std::size_t kMostEdits = 1000;  // of one line
  if (units * options.levels.size() + options.combinations > kMostEdits) {
    throw UsageError("--combinations: at most 1000 edits for each person, got " +
                     std::to_string(units * options.levels.size() + options.combinations));
  }
}

}  // namespace

JobResult run_eval_plan(const EvalPlanOptions& options, std::istream& list, std::ostream& out) {
  const models::Bundle bundle(models::find_bundle(options.bundle));
  const auto& units = bundle.manifest().au.names;
  check(options, units.size());
  keep_existing(options.out, options.overwrite);
  Draws draws(options.seed);
  const auto people = people_of(options, list, draws);
  const auto edits = edits_of(options, units, draws);
  const auto folder = canonical_path(options.out).parent_path();
  std::string text;
  bool outside = false;
  for (const auto& person : people) {
    const auto input = canonical_path(person).lexically_relative(folder);
    outside = outside || !lies_inside(input);
    const Json line{{"id", person.stem().string()}, {"input", input.string()}, {"au", edits}};
    text += shown(line) + '\n';
  }
  make_folder(folder);
  write_file_atomically(options.out, {text.begin(), text.end()});
  log::info(std::to_string(people.size()) + " people x " + std::to_string(edits.size()) +
            " edits = " + std::to_string(people.size() * edits.size()));
  if (outside)
    log::warn("some portraits lie outside " + folder.string() + "; run the plan with edit --jobs " +
              options.out.string() + " --allow-outside");
  out << options.out.string() << std::endl;
  return {people.size(), 0};
}

}  // namespace magicface::app
