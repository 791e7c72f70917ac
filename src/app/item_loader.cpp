// SPDX-License-Identifier: Apache-2.0
#include "item_loader.hpp"

#include <algorithm>

#include "magicface/core/error.hpp"
#include "magicface/core/hash.hpp"
#include "magicface/core/log.hpp"
#include "stopwatch.hpp"

namespace magicface::app {
namespace fs = std::filesystem;

LoadedItem ItemLoader::decide(WorkItem work) const {
  LoadedItem loaded;
  loaded.item = std::make_shared<const WorkItem>(std::move(work));
  const auto& item = *loaded.item;
  loaded.problem = item.input.problem;
  if ((hash_inputs_ || !item.input_sha256.empty()) && !loaded.problem) {
    try {
      loaded.input_sha256 = sha256_of_file(item.input.path);
    } catch (const Error&) {  // reading the picture says why, in the words for people
    }
  }
  if (!item.input_sha256.empty() && loaded.input_sha256 != item.input_sha256) {
    loaded.problem = item.input.path.string() + ": expected the recorded picture with sha256 " + item.input_sha256 +
                     ", got " + (loaded.input_sha256.empty() ? "no readable file" : loaded.input_sha256);
  }
  for (std::size_t i = 0; i < item.edits.size(); ++i) {
    try {
      loaded.fates.push_back(fate_of(item, i, loaded.input_sha256));
    } catch (const std::exception& problem) {  // ends this edit and not the run
      loaded.fates.push_back({Fate::Kind::fail, problem.what()});
    }
  }
  return loaded;
}

std::vector<LoadedItem> ItemLoader::decide(std::vector<WorkItem> group) const {
  std::vector<LoadedItem> items;
  bool wanted = false;
  for (auto& item : group) {
    const Stopwatch watch;
    auto& loaded = items.emplace_back(decide(std::move(item)));
    loaded.seconds = watch.seconds();
    wanted = wanted || std::any_of(loaded.fates.begin(), loaded.fates.end(),
                                   [](const Fate& fate) { return fate.kind == Fate::Kind::make; });
  }
  for (auto& loaded : items) {
    loaded.wanted = wanted;
    loaded.ends_group = &loaded == &items.back();
  }
  return items;
}

void ItemLoader::read(LoadedItem& loaded) const {
  if (!loaded.wanted || loaded.problem || loaded.fates.empty()) return;
  const Stopwatch watch;
  try {
    loaded.picture = image::read_picture(loaded.item->input.path, options_.limits);
  } catch (const std::bad_alloc&) {
    loaded.problem = "out of memory while reading the picture; use a smaller one";
  } catch (const std::exception& problem) {
    loaded.problem = problem.what();
  }
  loaded.seconds += watch.seconds();
}

Fate ItemLoader::fate_of(const WorkItem& item, std::size_t edit, const std::string& input_sha256) const {
  if (!item.only.empty() && !item.only.contains(edit)) return {Fate::Kind::unwanted, {}};
  const auto& output = item.outputs[edit].path;
  const auto* entry = recorded_.find(output);
  const bool failed = entry != nullptr ? entry->failure.has_value() : recorded_.was_broken(item.line);
  if (options_.batch.retry_failed && !failed) return {Fate::Kind::skip, {}};
  const bool again = options_.batch.goes_on();
  if (again && entry != nullptr && entry->made) {
    const auto reason = reason_to_run(*entry->made, recorder_.provenance(item, edit, input_sha256));
    if (!reason) return {Fate::Kind::skip, {}};
    log::info(output.string() + " is made again: " + *reason);
  } else if (again && entry != nullptr && entry->failure) {
    log::info(output.string() + " is tried again: it failed (" + *entry->failure + ")");
  }
  const bool replaceable = options_.overwrite || (again && entry != nullptr && entry->begun);
  std::error_code failure;
  const auto there = fs::status(output, failure).type();
  if (there == fs::file_type::none) {
    return {Fate::Kind::fail, output.string() + ": can't be written (" + failure.message() +
                                  "); give another --out, or a shorter --output-pattern such as '{index}_{edit}'"};
  }
  if (replaceable || there == fs::file_type::not_found) return {Fate::Kind::make, {}};
  const bool recorded = entry != nullptr && entry->begun;
  return {Fate::Kind::fail, output.string() + " exists; give --overwrite to replace it, " +
                                (recorded ? "--resume to go on with the run that made it, " : "") + "or another --out"};
}

}  // namespace magicface::app
