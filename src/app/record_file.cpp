// SPDX-License-Identifier: Apache-2.0
#include "record_file.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <fstream>

#include "magicface/core/error.hpp"
#include "magicface/core/json_depth.hpp"
#include "magicface/core/log.hpp"
#include "magicface/core/utf8.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

/// Every line begins so; a file that doesn't is somebody else's.
constexpr std::string_view kBeginning = R"({"event":")";

/// Puts every text of `json` through `change`; names of fields are ours.
void change_texts(RecordJson& json, std::string (*change)(std::string_view)) {
  if (json.is_string()) {
    json = change(json.get_ref<const std::string&>());
  } else if (json.is_structured()) {
    for (auto& element : json) change_texts(element, change);
  }
}

}  // namespace

std::string text_at(const RecordJson& object, const char* key) {
  const bool there = object.is_object() && object.contains(key) && object[key].is_string();
  return there ? object[key].get<std::string>() : std::string();
}

std::string shown(const RecordJson& value) { return value.dump(-1, ' ', false, RecordJson::error_handler_t::replace); }

std::string record_line(RecordJson record) {
  change_texts(record, escaped_bytes);
  return shown(record);
}

RecordJson parse_record(const std::string& text) { return RecordJson::parse(nests_too_deep(text) ? "" : text); }

std::string utc_time() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::string record_file_name(const Shard& shard) {
  if (shard.whole()) return "records.jsonl";
  return "records." + std::to_string(shard.index) + "-of-" + std::to_string(shard.count) + ".jsonl";
}

std::vector<fs::path> record_files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(folder, failure)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with("records.") && name.ends_with(".jsonl")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

RecordFile::RecordFile(const fs::path& file) : file_(file, kBeginning) {
  if (file_.repaired() > 0) {
    log::warn(file.string() + ": a dead run left half a line, " + std::to_string(file_.repaired()) +
              " bytes; it was cut off");
  }
}

void RecordFile::run(RecordJson details) {
  details["folder"] = fs::current_path().string();
  details["records"] = path().string();
  append("run", std::move(details));
}

void RecordFile::started(std::size_t item, const std::vector<fs::path>& outputs) {
  RecordJson names = RecordJson::array();
  for (const auto& output : outputs) names.push_back(output.string());
  append("started", {{"item", item}, {"outputs", std::move(names)}});
  file_.sync();
}

void RecordFile::item(RecordJson details) { append("item", std::move(details)); }

void RecordFile::end(RecordJson details) {
  append("end", std::move(details));
  file_.sync();
}

void RecordFile::append(const char* event, RecordJson details) {
  RecordJson line{{"event", event}, {"schema", kRecordSchema}, {"time", utc_time()}};
  for (auto& [key, value] : details.items()) line[key] = std::move(value);
  file_.append(record_line(std::move(line)));
}

void read_records(const fs::path& file, const std::function<void(std::size_t, const RecordJson&)>& use) {
  std::error_code failure;
  std::ifstream stream(file);
  if (!stream || fs::is_directory(file, failure))
    throw NoInputError(file.string() + ": no such record file, or it can't be read");
  std::size_t number = 0;
  for (std::string text; std::getline(stream, text);) {
    ++number;
    if (text.empty()) continue;
    const std::string place = file.string() + ":" + std::to_string(number) + ": ";
    try {
      auto line = parse_record(text);
      change_texts(line, unescaped_bytes);
      const auto schema = line.at("schema").get<int>();
      if (schema > kRecordSchema) {
        throw UsageError(place + "expected records of schema " + std::to_string(kRecordSchema) + ", got " +
                         std::to_string(schema) + "; use a newer magicface");
      }
      use(number, line);
    } catch (const RecordJson::exception&) {
      log::warn(place + "no record; the line is left out");
    }
  }
}

}  // namespace magicface::app
