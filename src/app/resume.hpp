// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "record_file.hpp"

namespace magicface::app {

/// What makes an output what it is; equal for two runs when they would make the same picture (but for rounding).
struct Provenance {
  std::string input_sha256;   ///< empty: the input can't be read
  std::string bundle_sha256;  ///< of bundle.json, which holds the hashes of all modules
  RecordJson parameters;
};

/// What record files say about outputs: which were begun, and how each ended last. Outputs are found by their absolute
/// names, so that a run may be resumed from another folder.
class RecordedOutputs {
 public:
  /// How an output ended last, cut down to what `reason_to_run` compares: 10,000 of them fit in a few MB.
  struct Item {
    bool ok = false;
    std::string input_sha256, bundle_sha256, parameters, error;
    std::vector<std::pair<std::filesystem::path, std::string>> files;  ///< absolute name and sha256
    double seconds = 0;
  };

  /// Adds what `file` says; a file that doesn't exist says nothing.
  void read(const std::filesystem::path& file);

  /// Nothing when no run has ended this output.
  const Item* find(const std::filesystem::path& output) const;
  /// Whether an earlier run has begun to write it, so that it is ours to replace.
  bool names(const std::filesystem::path& output) const;

  /// Removes the temporary files (`NAME.XXXXXX.part`) that dead runs left beside outputs they had begun. Only for
  /// who holds the record file's lock. Returns how many there were.
  std::size_t remove_temporaries() const;
  /// Seconds of an item made before, their mean; nothing without one.
  std::optional<double> mean_seconds() const;

 private:
  void add(const RecordJson& line);
  std::map<std::string, std::optional<Item>> outputs_;
  std::filesystem::path folder_;  ///< that of the run whose lines are being read
};

/// Why the output must be made again; nothing when everything recorded is as it is now: input, bundle, parameters, and
/// the bytes of the output on the disk. An item that failed has no bytes, and may be unchanged too.
std::optional<std::string> reason_to_run(const RecordedOutputs::Item& item, const Provenance& now);

}  // namespace magicface::app
