// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace magicface::app {

/// One line of a job file: a picture with its own edits (docs/batch.md). What a line doesn't say, the flags say.
struct JobLine {
  std::size_t line = 0;         ///< in the file, from 1
  std::string id;               ///< the writer's own name of the line, given back in answers; may be empty
  std::filesystem::path input;  ///< resolved against the job file's folder
  std::vector<std::string> au;  ///< each one an edit: "AU4=-6,AU12=2.5"; empty: those of the flags
  std::optional<std::uint64_t> seed;
  std::optional<std::string> face;     ///< as for --face
  std::string output;                  ///< a pattern below --out, may have folders; empty: --output-pattern
  std::optional<std::string> problem;  ///< why the line can't be run, with file and line; it becomes a failed item
};

/// How a job file is read.
struct JobFormat {
  std::string name;            ///< for messages: the file, or "stdin"
  std::filesystem::path root;  ///< relative paths start here and stay below it
  bool csv = false;            ///< else JSON Lines
  bool allow_outside = false;  ///< inputs may leave the root
};

/// Parses line by line, so that a pipe's lines can be answered as they come.
class JobParser {
 public:
  explicit JobParser(JobFormat format);

  /// The next line. Nothing for a blank one, for a comment (`#`) and for CSV's header. A broken line has a `problem`.
  /// @throws UsageError for a CSV header with unknown columns or without `input`.
  std::optional<JobLine> parse(const std::string& text);

 private:
  void read_header(const std::string& text);
  void fill_from_json(const std::string& text, JobLine& job) const;
  void fill_from_csv(const std::string& text, JobLine& job) const;
  void check(JobLine& job) const;
  JobFormat format_;
  std::filesystem::path real_root_;
  std::vector<std::string> columns_;
  std::size_t line_ = 0;
};

/// Reads a whole job file: `.csv` is CSV, anything else JSON Lines.
/// @throws NoInputError when the file is missing or has no job, UsageError as JobParser::parse.
std::vector<JobLine> read_job_file(const std::filesystem::path& file, bool allow_outside);

}  // namespace magicface::app
