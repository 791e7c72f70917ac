// SPDX-License-Identifier: Apache-2.0
#include "check_again.hpp"

#include <algorithm>
#include <list>
#include <map>
#include <ostream>

#include "edit_session.hpp"
#include "from_record.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/log.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

/// Items that one run can make: all but the edit and its seed is the same.
struct Group {
  EditOptions options;
  std::shared_ptr<const models::Bundle> bundle;
  std::vector<std::vector<WorkItem>> batches;
};

bool can_be_made(const RecordedItem& item) {
  return !item.output.empty() && item.record.contains("parameters") && !item.record["parameters"].empty();
}

/// What has to be equal for one run. The options follow from it.
std::string group_key(const RecordedItem& item, const EditOptions& options) {
  auto parameters = item.record.at("parameters");
  for (const auto* own : {"edit", "au", "target", "strength", "like", "seed", "best_of", "compare"})
    parameters.erase(own);
  for (const auto* picture : {"condition", "mask"}) {  // of a folder each input has its own
    if (parameters.contains(picture) && parameters[picture].is_object()) parameters[picture].erase("sha256");
  }
  const auto& compute = options.compute;
  return shown(parameters) + item.root.string() + ' ' + options.bundle.value_or("") + ' ' + compute.device + ' ' +
         compute.dtype + ' ' + std::to_string(compute.threads) + ' ' + std::to_string(compute.batch_size);
}

using Batch = std::vector<WorkItem>;

bool same_item(const WorkItem& a, const WorkItem& b) {
  const auto same_edit = [](const EditRequest& x, const EditRequest& y) {
    return x.variation == y.variation && x.seed == y.seed;
  };
  return fs::absolute(a.input.path) == fs::absolute(b.input.path) && a.input_sha256 == b.input_sha256 &&
         std::equal(a.edits.begin(), a.edits.end(), b.edits.begin(), b.edits.end(), same_edit);
}

/// Of two records of one batch, each knows the other's edit but not its output.
void take_wanted(Batch& batch, Batch& other) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    for (const auto edit : other[i].only) {
      if (edit >= other[i].edits.size()) continue;  // none is wanted
      batch[i].only.insert(edit);
      batch[i].outputs[edit] = other[i].outputs[edit];
      batch[i].edits[edit] = std::move(other[i].edits[edit]);
    }
  }
}

/// Collects items into groups, and those of one batch into one, so that a batch is sampled once.
class Groups {
 public:
  Groups(const fs::path& folder, const AgainOptions& options) : folder_(folder) {
    base_.bundle = options.bundle;
    base_.compute = options.compute;
    base_.progress = options.progress;
    base_.output.out = folder;
    base_.batch.records = folder / "records.jsonl";
  }

  void add(const RecordedItem& item, const std::string& where) {
    RecordedJob job{options_of_record(base_, item.record, item.root, where), item.record, item.root};
    // Where it is now; a relative path stays one, so that what --update stores can be moved.
    job.record["input"]["path"] = (item.root.empty() ? item.source : fs::absolute(item.source)).string();
    auto& options = job.options;
    if (!base_.bundle && options.bundle && !path_exists(*options.bundle)) options.bundle.reset();
    auto& group = group_of(group_key(item, options), options);
    try {
      auto batch = batch_of_record(job, {folder_ / item.key, options.output.format.value()}, group.bundle->manifest());
      auto& batches = group.batches;
      if (!batches.empty() &&
          std::equal(batch.begin(), batch.end(), batches.back().begin(), batches.back().end(), same_item)) {
        take_wanted(batches.back(), batch);
      } else {
        batches.push_back(std::move(batch));
      }
    } catch (const RecordJson::exception&) {
      throw UsageError(where + ": fields of an item are missing or of another type (docs/records.md)");
    }
  }

  void run() {
    EditSession session;
    std::ostream quiet(nullptr);  // the paths of the pictures are nobody's news
    for (auto& group : groups_) {
      Batch items;
      for (auto& batch : group.batches) {
        for (auto& item : batch) {
          item.first = items.size() + 1;
          items.push_back(std::move(item));
        }
      }
      EditPlan plan;
      plan.inputs = items.size();
      plan.next = [items = std::move(items), at = std::size_t{0}]() mutable -> std::optional<WorkItem> {
        return at < items.size() ? std::optional(std::move(items[at++])) : std::nullopt;
      };
      session.run(group.options, group.bundle, std::move(plan), quiet);
    }
  }

 private:
  Group& group_of(const std::string& key, const EditOptions& options) {
    const auto [place, added] = by_key_.emplace(key, nullptr);
    if (added) {
      const auto bundle = std::make_shared<const models::Bundle>(models::find_bundle(options.bundle));
      place->second = &groups_.emplace_back(Group{options, bundle, {}});
    }
    return *place->second;
  }

  fs::path folder_;
  EditOptions base_;
  std::list<Group> groups_;  ///< whose places don't change
  std::map<std::string, Group*> by_key_;
};

/// The stored item as it is now. Its parameters are the stored ones, as it was made from them; pictures beside it may
/// have changed.
RecordedItem made_again(const RecordedItem& stored, const RecordedItem& now) {
  RecordedItem item = now;
  item.key = stored.key;
  item.record["item"] = stored.record.at("item");
  auto& parameters = item.record["parameters"];
  const auto fresh = std::exchange(parameters, stored.record.at("parameters"));
  for (const auto* picture : {"condition", "mask"}) {
    if (fresh.contains(picture) && fresh[picture].is_object()) parameters[picture]["sha256"] = fresh[picture]["sha256"];
  }
  return item;
}

}  // namespace

RecordedRun make_again(const RecordedRun& stored, const fs::path& folder, const AgainOptions& options) {
  if (path_exists(folder) && (!fs::is_directory(folder) || !fs::is_empty(folder)))
    throw UsageError("--out " + folder.string() +
                     ": expected a new or empty folder, so that nothing old is taken for a result");
  Groups groups(folder, options);
  for (const auto& item : stored.items) {
    const auto where = stored.file.string() + ": " + item.key;
    if (can_be_made(item))
      groups.add(item, where);
    else
      log::warn(where + ": a line of a job file that couldn't be read; it can't be made again");
  }
  groups.run();
  std::map<fs::path, RecordedItem> by_output;
  for (auto& item : read_run(folder).items) by_output[canonical_path(item.output)] = std::move(item);
  RecordedRun run{folder, {}};
  for (const auto& item : stored.items) {
    const auto found = by_output.find(canonical_path(folder / item.key));
    if (!can_be_made(item))
      run.items.push_back(item);
    else if (found != by_output.end())
      run.items.push_back(made_again(item, found->second));
  }
  return run;
}

}  // namespace magicface::app
