// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/job_file.hpp"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "magicface/core/csv.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/json_depth.hpp"
#include "magicface/core/text.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
namespace {

const std::vector<std::string> kFields{"id", "input", "au", "seed", "face", "output"};

void expect_known(const std::string& field) {
  if (std::find(kFields.begin(), kFields.end(), field) != kFields.end()) return;
  throw ItemError("unknown field '" + field + "'; expected " + join(kFields, ", ") +
                  "; what else there is to say holds for every line: give it as a flag");
}

std::string text_of(const Json& value, const std::string& field) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer()) return value.dump();
  throw ItemError(field + ": expected a text, got " + value.dump());
}

/// @param said as it stands in the line
std::uint64_t seed_of(const Json& value, const std::string& said) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  throw ItemError("seed: expected a whole number from 0 without leading zeros, got " + said);
}

/// One edit: "AU4=-6,AU12=2.5" or {"AU4": -6, "AU12": 2.5}.
std::string edit_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_object() || value.empty()) {
    throw ItemError("au: expected \"AU12=3\", {\"AU12\": 3} or a list of them, got " + value.dump());
  }
  std::vector<std::string> parts;
  for (const auto& [name, variation] : value.items()) {
    if (!variation.is_number()) throw ItemError("au: expected a number for " + name + ", got " + variation.dump());
    parts.push_back(name + "=" + format_number(variation.get<double>()));
  }
  return join(parts, ",");
}

/// Whether `path` stays in `root` when the links on its way are followed to where they really lead.
bool is_below(const fs::path& path, const fs::path& real_root) {
  std::error_code failure;
  const auto real = fs::weakly_canonical(path, failure);
  return !failure &&
         std::mismatch(real_root.begin(), real_root.end(), real.begin(), real.end()).first == real_root.end();
}

}  // namespace

JobParser::JobParser(JobFormat format)
    : format_(std::move(format)),
      real_root_(fs::weakly_canonical(format_.root.empty() ? fs::path(".") : format_.root)) {}

std::optional<JobLine> JobParser::parse(const std::string& text) {
  ++line_;
  const auto content = trim(line_ == 1 && text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text);
  if (content.empty() || content.starts_with('#')) return std::nullopt;
  if (format_.csv && columns_.empty()) {
    read_header(content);
    return std::nullopt;
  }
  JobLine job;
  job.line = line_;
  try {
    format_.csv ? fill_from_csv(content, job) : fill_from_json(content, job);
    check(job);
  } catch (const ItemError& problem) {
    job.problem = format_.name + ":" + std::to_string(line_) + ": " + problem.what();
  }
  return job;
}

void JobParser::read_header(const std::string& text) {
  const std::string place = format_.name + ":" + std::to_string(line_) + ": ";
  auto columns = parse_csv_row(text).value_or(std::vector<std::string>{});
  for (auto& column : columns) column = trim(column);
  if (std::find(columns.begin(), columns.end(), "input") == columns.end()) {
    throw UsageError(place + "expected a header with the column 'input' (and " + join(kFields, ", ") + "), got '" +
                     text + "'");
  }
  for (const auto& column : columns) {
    try {
      expect_known(column);
    } catch (const ItemError& problem) {
      throw UsageError(place + problem.what());
    }
  }
  columns_ = std::move(columns);
}

void JobParser::fill_from_json(const std::string& text, JobLine& job) const {
  if (nests_too_deep(text)) throw ItemError("expected a job, got JSON that nests too deep");
  const auto value = Json::parse(text, nullptr, false);
  if (!value.is_object()) throw ItemError("expected a JSON object, got '" + text.substr(0, 60) + "'");
  // First, so that an answer about a broken line still says whose it is.
  if (value.contains("id")) job.id = text_of(value["id"], "id");
  for (const auto& [field, content] : value.items()) {
    expect_known(field);
    if (field == "input") job.input = text_of(content, field);
    if (field == "output") job.output = text_of(content, field);
    if (field == "face") job.face = text_of(content, field);
    if (field == "seed") job.seed = seed_of(content, content.dump());
    if (field != "au") continue;
    if (!content.is_array())
      job.au.push_back(edit_of(content));
    else
      for (const auto& edit : content) job.au.push_back(edit_of(edit));
  }
}

void JobParser::fill_from_csv(const std::string& text, JobLine& job) const {
  const auto row = parse_csv_row(text);
  if (!row) throw ItemError("broken quotes in '" + text.substr(0, 60) + "'");
  if (row->size() != columns_.size()) {
    throw ItemError("expected " + std::to_string(columns_.size()) + " fields as in the header, got " +
                    std::to_string(row->size()) + "; a field with a comma needs quotes: \"AU4=-6,AU12=2\"");
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto& field = columns_[i];
    const auto value = trim((*row)[i]);
    if (value.empty()) continue;
    if (field == "id") job.id = value;
    if (field == "input") job.input = value;
    if (field == "output") job.output = value;
    if (field == "face") job.face = value;
    if (field == "seed") job.seed = seed_of(Json::parse(value, nullptr, false), value);
    if (field != "au") continue;
    for (const auto& edit : split(value, ';')) job.au.push_back(edit);
  }
}

void JobParser::check(JobLine& job) const {
  if (job.input.empty()) throw ItemError("'input' is missing");
  const auto said = job.input.string();
  job.input = format_.root / job.input;
  if (format_.allow_outside) return;
  if (!is_below(job.input, real_root_)) {
    throw ItemError("input " + said + " lies outside the job file's folder; move it there, or give --allow-outside");
  }
}

std::vector<JobLine> read_job_file(const fs::path& file, bool allow_outside) {
  std::error_code failure;
  std::ifstream stream(file);
  if (!stream || fs::is_directory(file, failure))
    throw NoInputError("--jobs " + file.string() + ": no such file, or it can't be read");
  JobParser parser({file.string(), file.parent_path(), file.extension() == ".csv", allow_outside});
  std::vector<JobLine> jobs;
  for (std::string text; std::getline(stream, text);) {
    if (auto job = parser.parse(text)) jobs.push_back(std::move(*job));
  }
  if (jobs.empty())
    throw NoInputError("--jobs " + file.string() +
                       ": no job in it; a line is {\"input\": \"a.png\", \"au\": \"AU12=3\"}");
  return jobs;
}

}  // namespace magicface::app
