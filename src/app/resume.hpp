// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "moved_files.hpp"
#include "record_file.hpp"

namespace magicface::app {

/// What makes an output what it is; equal for two runs when they would make the same picture (but for rounding).
struct Provenance {
  std::string input_sha256;   ///< empty: the input can't be read
  std::string bundle_sha256;  ///< of bundle.json, which holds the hashes of all modules
  RecordJson parameters;
};

/// What record files say about outputs: which were begun, how each was made, and which failed. Outputs are found by
/// their absolute names, so that a run may be resumed from another folder. Of a run that was moved or copied (its
/// folder is gone, or its records lie elsewhere now) they are those of now, as far as the outputs lie beside the
/// records.
class RecordedOutputs {
 public:
  /// How an output was made last, cut down to what `reason_to_run` compares: 10,000 of them fit in a few MB.
  struct Made {
    std::string input_sha256, bundle_sha256, parameters;
    std::vector<std::pair<std::filesystem::path, std::string>> files;  ///< absolute name and sha256
    double seconds = 0;
    std::vector<int> shown;  ///< x, y, width, height of what a sheet shows; empty: everything, or not recorded
    std::string caption;     ///< there; empty: not recorded
  };
  /// A later failure doesn't undo what was made: the hashes tell whether it is still there.
  struct Entry {
    std::optional<Made> made;
    std::optional<std::string> failure;  ///< why its last run failed
    bool begun = false;                  ///< a run has begun to write it, so that it is ours to replace
  };

  /// Adds what `file` says; a file that doesn't exist says nothing.
  void read(const std::filesystem::path& file);
  /// Adds what the record files of a folder say, those of shards, too.
  void read_folder(const std::filesystem::path& folder);

  /// Nothing when no run says anything about the output.
  const Entry* find(const std::filesystem::path& output) const;

  /// Whether a run wrote the file, be it an output or a picture for people.
  bool names(const std::filesystem::path& file) const {
    const auto* entry = find(file);
    return entry != nullptr && entry->begun;
  }

  /// Whether a run wrote the file from another picture and none has edited it since.
  bool made_only(const std::filesystem::path& file) const { return names(file) && !inputs_.contains(absolute(file)); }

  /// Whether a run found the job file's line broken, so that it has no output yet.
  bool was_broken(std::size_t line) const { return line > 0 && broken_lines_.contains(line); }

  /// Removes the temporary files (`NAME.XXXXXX.part`) that dead runs left beside outputs they had begun. Only for
  /// who holds the record file's lock. Returns how many there were.
  std::size_t remove_temporaries() const;
  /// Seconds of an item made before, their mean; nothing without one.
  std::optional<double> mean_seconds() const;

 private:
  void add(const RecordJson& line);
  void begin(const RecordJson& run);
  static std::string absolute(const std::filesystem::path& file);
  /// The absolute name of a file of the run whose lines are being read.
  std::string name_now(const std::string& name) const;
  /// That of an output, which tells whether the run was moved.
  std::string output_now(const std::string& name);
  std::map<std::string, Entry> outputs_;
  std::set<std::string> inputs_;
  std::set<std::size_t> broken_lines_;  ///< of the job file
  std::filesystem::path beside_;        ///< the folder of the record file
  // Of the run whose lines are being read:
  std::filesystem::path folder_;
  std::string place_;                  ///< of a run that isn't where it was, that place; empty: it is
  std::map<std::string, Move> moves_;  ///< by place
};

/// Why the output must be made again; nothing when everything recorded is as it is now: input, bundle, parameters, and
/// the bytes of the output on the disk.
std::optional<std::string> reason_to_run(const RecordedOutputs::Made& made, const Provenance& now);

}  // namespace magicface::app
