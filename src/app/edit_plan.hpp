// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "magicface/app/edit_job.hpp"
#include "magicface/app/job_file.hpp"
#include "magicface/app/shard.hpp"
#include "magicface/models/manifest.hpp"
#include "work_item.hpp"

namespace magicface::app {

/// What a run is to make, all of it known before anything runs; a pipe's lines become known as they come.
struct EditPlan {
  ItemSource next;  ///< this shard's items; may wait for a pipe's next line
  /// Ends such a wait.
  std::shared_ptr<std::atomic<bool>> abandoned = std::make_shared<std::atomic<bool>>(false);
  Shard shard;
  std::optional<std::size_t> total;             ///< outputs (and broken lines) over all shards; nothing for a pipe
  std::size_t inputs = 0;                       ///< items that `next` will give; 0 for a pipe
  std::size_t outputs = 0;                      ///< outputs of this shard; 0 for a pipe
  std::vector<std::filesystem::path> pictures;  ///< the input of each item; none for a pipe
  std::size_t most_edits = 0;                   ///< of an item; 0 for a pipe
  std::string fingerprint;                      ///< sha256 over number and name of every output; empty for a pipe
};

/// Expands inputs or reads the job file, parses every edit, and names every output.
/// @throws UsageError, NoInputError; a broken line of a job file is an item with a problem instead.
EditPlan make_plan(const EditOptions& options, const models::Manifest& manifest, std::istream& list);

/// What is wrong with the flags before any bundle is known. @throws UsageError
void check_batch_options(const EditOptions& options);

}  // namespace magicface::app
