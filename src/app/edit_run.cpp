// SPDX-License-Identifier: Apache-2.0
#include "edit_run.hpp"

#include <exception>
#include <thread>

#include "dry_run.hpp"
#include "item_groups.hpp"
#include "magicface/core/bounded_queue.hpp"
#include "magicface/core/cancellation.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/log.hpp"
#include "magicface/core/rounding.hpp"
#include "pace.hpp"
#include "record_csv.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

/// Where the records go; nothing for a single picture that isn't put into a folder of its own.
std::optional<fs::path> record_path(const EditOptions& options, const EditPlan& plan) {
  const auto& batch = options.batch;
  if (batch.records == "none") return std::nullopt;
  if (batch.records) return batch.records;
  const bool picture = names_a_picture(options.output);
  const bool asked = batch.jobs || batch.resume || batch.retry_failed || batch.csv || batch.shard;
  if (!asked && plan.total == 1 && (picture || options.output.out == ".")) return std::nullopt;
  return folder_of(options.output) / record_file_name(plan.shard);
}

/// The table may replace a file only when asked to, and never what the run itself reads or writes. @throws UsageError
void check_table(const EditOptions& options, const std::optional<fs::path>& records) {
  const auto& batch = options.batch;
  if (!batch.csv) return;
  const auto where = [](const fs::path& file) { return fs::weakly_canonical(fs::absolute(file)); };
  const auto flag = "--csv " + batch.csv->string();
  if (batch.jobs && where(*batch.jobs) == where(*batch.csv))
    throw UsageError(flag + ": expected a file of its own, got the job file; give another name");
  if (records && where(*records) == where(*batch.csv))
    throw UsageError(flag + ": expected a file of its own, got the record file; give another name");
  if (fs::exists(*batch.csv) && !options.overwrite && !batch.goes_on())
    throw UsageError(flag + " exists; give --overwrite to replace it, or another name");
}

/// Reads items ahead of the model. Ends, and is waited for, when it goes out of scope.
class ReadAhead {
 public:
  ReadAhead(const EditPlan& plan, const EditOptions& options, const ItemLoader& loader)
      : abandoned_(plan.abandoned),
        thread_([this, groups = ItemGroups(plan.next, options), &loader]() mutable { work(groups, loader); }) {}
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;
  ~ReadAhead() {
    *abandoned_ = true;
    queue_.close();
    thread_.join();
  }

  /// The next item; nothing at the end. @throws Cancelled when a stop was asked for before the end, and what reading
  /// threw.
  std::optional<LoadedItem> next() {
    auto loaded = queue_.pop();
    if (loaded) return loaded;
    if (problem_) std::rethrow_exception(problem_);
    if (cut_) throw Cancelled();
    return std::nullopt;
  }

 private:
  void work(ItemGroups& groups, const ItemLoader& loader) {
    try {
      while (push(groups.next(), loader)) {
      }
    } catch (...) {
      problem_ = std::current_exception();
    }
    queue_.close();
  }

  /// Whether to go on.
  bool push(std::vector<WorkItem> group, const ItemLoader& loader) {
    // A pipe that is waited for ends its wait, too, when a stop is asked for.
    cut_ = cancellation_requested();
    if (group.empty() || cut_) return false;
    for (auto& loaded : loader.decide(std::move(group))) {
      loader.read(loaded);
      if (!queue_.push(std::move(loaded))) return false;
    }
    return true;
  }

  std::shared_ptr<std::atomic<bool>> abandoned_;
  BoundedQueue<LoadedItem> queue_{1};
  std::exception_ptr problem_;  ///< both are written before the queue is closed, and read after
  bool cut_ = false;
  std::thread thread_;
};

}  // namespace

EditRun::EditRun(const EditOptions& options, std::shared_ptr<const models::Bundle> bundle, EditPlan plan,
                 std::ostream& out, EngineSlot engine)
    : options_(options),
      bundle_(std::move(bundle)),
      plan_(std::move(plan)),
      report_(options, bundle_->manifest(), out),
      sheets_(options, bundle_->manifest().au, plan_, report_, recorded_),
      progress_(options.progress),
      recorder_(options, *bundle_),
      engine_(std::move(engine)) {
  check_table(options_, record_path(options_, plan_));
  if (!options_.batch.goes_on()) sheets_.check_existing();  // else what the records name may be replaced
}

JobResult EditRun::print_plan(std::ostream& out) {
  if (const auto path = record_path(options_, plan_)) recorded_.read(*path);
  sheets_.check_existing();
  const ItemLoader loader(options_, recorder_, recorded_, options_.batch.goes_on());
  return app::print_plan(std::move(plan_), options_, loader, recorded_, out);
}

JobResult EditRun::run() {
  open_records();
  OutputWriter writer(options_, report_, recorder_, records_ ? &*records_ : nullptr, sheets_, progress_);
  const auto end = [&](const char* reason) {
    writer.finish();
    sheets_.finish();
    progress_.finish();
    end_records(reason);
    summarise();
  };
  try {
    loop(writer);
  } catch (const Cancelled&) {
    end("signal");
    throw;
  } catch (...) {
    end("error");
    throw;
  }
  end(stopped_ ? "failures" : "done");
  return report_.result();
}

void EditRun::open_records() {
  const auto path = record_path(options_, plan_);
  if (!path) return;
  records_.emplace(*path);
  recorded_.read(*path);
  sheets_.check_existing();
  sheets_.record_in(*records_);
  if (const auto removed = recorded_.remove_temporaries(); removed > 0) {
    log::info("removed " + std::to_string(removed) + " temporary files of a dead run");
  }
  records_->run(recorder_.run(plan_.shard, plan_.total, plan_.fingerprint));
}

void EditRun::loop(OutputWriter& writer) {
  const ItemLoader loader(options_, recorder_, recorded_, records_ || options_.metadata);
  const bool estimates = options_.json || records_;
  ItemRunner runner(
      options_, bundle_->manifest(), [this]() -> pipeline::Engine& { return engine(); }, progress_, estimates,
      [&](Product product) { writer.put(std::move(product)); });
  ReadAhead reader(plan_, options_, loader);
  // A wrong bundle is told at once; only a resumed run, which may have nothing to do, loads it when it must.
  if (!options_.batch.goes_on()) engine();
  while (auto loaded = reader.next()) {
    throw_if_cancelled();
    tell_progress(*loaded->item);
    runner.run(std::move(*loaded));
    ++looked_at_;
    stopped_ = runner.idle() && stopped_by_failures(writer);
    if (stopped_) break;
  }
}

pipeline::Engine& EditRun::engine() {
  if (!*engine_) *engine_ = std::make_unique<pipeline::Engine>(bundle_, options_.compute);
  return **engine_;
}

bool EditRun::stopped_by_failures(const OutputWriter& writer) const {
  const auto& limit = options_.batch.max_failures;
  return limit && writer.failed() >= *limit && (plan_.inputs == 0 || looked_at_ < plan_.inputs);
}

void EditRun::tell_progress(const WorkItem& item) {
  static constexpr double kLogEvery = 60;  // seconds: a night's log stays readable
  const auto pace = pace_text(looked_at_, plan_.inputs, watch_.seconds());
  progress_.item(looked_at_ + 1, plan_.inputs, item.input.path.filename().string() + (pace.empty() ? "" : ", " + pace));
  if (options_.progress || pace.empty() || watch_.seconds() - told_ < kLogEvery) return;
  told_ = watch_.seconds();
  log::info(std::to_string(looked_at_) + " of " + std::to_string(plan_.inputs) + " pictures, " + pace);
}

void EditRun::end_records(const char* reason) {
  if (!records_) return;
  const auto& result = report_.result();
  try {
    const double seconds = rounded(watch_.seconds(), 3);
    records_->end({{"made", result.made},
                   {"failed", result.failed},
                   {"skipped", result.skipped},
                   {"reason", reason},
                   {"seconds", seconds}});
  } catch (const ItemError& problem) {
    log::error(problem.what());
  }
  if (options_.batch.csv) write_table(*options_.batch.csv);
}

void EditRun::write_table(const fs::path& file) {
  try {
    const auto table = records_csv(records_->path());
    make_folder_of(file);
    write_file_atomically(file, {table.begin(), table.end()});
  } catch (const Error& problem) {
    report_.add_failure(std::string("--csv ") + problem.what());
  }
}

void EditRun::summarise() const {
  if (!records_) return;
  const auto& result = report_.result();
  log::info(std::to_string(result.made) + " made, " + std::to_string(result.failed) + " failed, " +
            std::to_string(result.skipped) + " skipped; records in " + records_->path().string());
  if (stopped_) {
    const auto rest = plan_.inputs > looked_at_ ? std::to_string(plan_.inputs - looked_at_) + " pictures were"
                                                : std::string("the rest was");
    log::error("stopped after " + std::to_string(result.failed) + " failures; " + rest +
               " not looked at; go on with --resume");
  }
}

}  // namespace magicface::app
