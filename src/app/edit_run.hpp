// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>

#include "edit_plan.hpp"
#include "edit_report.hpp"
#include "edit_sheets.hpp"
#include "item_loader.hpp"
#include "item_record.hpp"
#include "item_runner.hpp"
#include "magicface/models/bundle.hpp"
#include "magicface/pipeline/engine.hpp"
#include "output_writer.hpp"
#include "progress.hpp"
#include "record_file.hpp"
#include "resume.hpp"
#include "stopwatch.hpp"

namespace magicface::app {

/// Where the engine is kept, loaded when it is first needed; runs of one bundle and device may share it.
using EngineSlot = std::shared_ptr<std::unique_ptr<pipeline::Engine>>;

/// A plan on its way through three threads: one reads the next picture, this one runs the model, one writes the last.
/// Bounded queues between them keep the memory flat.
class EditRun {
 public:
  EditRun(const EditOptions& options, std::shared_ptr<const models::Bundle> bundle, EditPlan plan, std::ostream& out,
          EngineSlot engine = std::make_shared<EngineSlot::element_type>());

  /// The plan alone, for --dry-run.
  JobResult print_plan(std::ostream& out);
  /// @throws Cancelled when it was stopped; what was made until then is written and recorded.
  JobResult run();

 private:
  void open_records();
  void loop(OutputWriter& writer);
  pipeline::Engine& engine();
  bool stopped_by_failures(const OutputWriter& writer) const;
  void tell_progress(const WorkItem& item);
  void end_records(const char* reason);
  void write_table(const std::filesystem::path& file);
  void summarise() const;

  const EditOptions& options_;
  std::shared_ptr<const models::Bundle> bundle_;
  EditPlan plan_;
  EditReport report_;
  RecordedOutputs recorded_;
  EditSheets sheets_;
  Progress progress_;
  ItemRecorder recorder_;
  std::optional<RecordFile> records_;
  EngineSlot engine_;
  Stopwatch watch_;
  double told_ = 0;            ///< when the pace was logged last
  std::size_t looked_at_ = 0;  ///< items so far
  bool stopped_ = false;       ///< by --max-failures
};

}  // namespace magicface::app
