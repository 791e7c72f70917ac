// SPDX-License-Identifier: Apache-2.0
#include "resume.hpp"

#include <numeric>
#include <set>

#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/hash.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

std::string absolute_name(const fs::path& folder, const fs::path& path) {
  return (folder / path).lexically_normal().string();
}

/// "steps 2 -> 3", so that the log says what changed and not only that something did.
std::string difference(const RecordJson& before, const RecordJson& now) {
  for (const auto& [key, value] : now.items()) {
    const auto old = before.contains(key) ? before[key] : RecordJson();
    // Through nlohmann::json, which forgets the order of keys: two runs may name the action units in another order.
    if (nlohmann::json::parse(shown(old)) != nlohmann::json::parse(shown(value)))
      return key + " " + shown(old) + " -> " + shown(value);
  }
  for (const auto& [key, value] : before.items()) {
    if (!now.contains(key)) return key + " " + shown(value) + " -> null";
  }
  return {};
}

/// "x.png" of "x.png.Ab3dE9.part"; empty for any other name.
std::string target_of_temporary(const std::string& name) {
  static constexpr std::string_view kEnd = ".part";
  static constexpr std::size_t kRandom = 6;
  if (!name.ends_with(kEnd) || name.size() < kEnd.size() + kRandom + 2) return {};
  const auto dot = name.size() - kEnd.size() - kRandom - 1;
  return name[dot] == '.' ? name.substr(0, dot) : std::string();
}

}  // namespace

std::string RecordedOutputs::absolute(const fs::path& file) { return absolute_name(fs::current_path(), file); }

void RecordedOutputs::read_folder(const fs::path& folder) {
  for (const auto& file : record_files_in(folder.empty() ? "." : folder)) read(file);
}

void RecordedOutputs::read(const fs::path& file) {
  if (!path_exists(file)) return;
  beside_ = fs::absolute(file).parent_path().lexically_normal();
  const auto read_lines = [&] {
    folder_ = fs::current_path();
    place_.clear();
    read_records(file, [this](std::size_t, const RecordJson& line) { add(line); });
  };
  const auto known = moves_.size();
  read_lines();
  if (moves_.size() > known) read_lines();  // the names before the one that told the move
}

std::string RecordedOutputs::name_now(const std::string& name) const {
  const auto recorded = absolute_name(folder_, name);
  const auto move = moves_.find(place_);
  if (move == moves_.end()) return recorded;
  // A copy has names of its own, those that are missing, too; what lies outside may have stayed where it was.
  const auto now = move->second(recorded).string();
  return move->second.holds(recorded) || path_exists(now) || !path_exists(recorded) ? now : recorded;
}

std::string RecordedOutputs::output_now(const std::string& name) {
  if (!place_.empty() && !moves_.contains(place_)) {
    if (auto move = find_move(absolute_name(folder_, name), beside_)) moves_.emplace(place_, std::move(*move));
  }
  return name_now(name);
}

void RecordedOutputs::begin(const RecordJson& run) {
  folder_ = text_at(run, "folder");
  place_.clear();
  if (folder_.empty()) return;
  const auto records = text_at(run, "records");  // not in the records of earlier versions
  std::error_code failure;
  const bool here =
      path_exists(folder_) &&
      (records.empty() || fs::equivalent(fs::absolute(folder_ / records).parent_path(), beside_, failure));
  if (!here) place_ = absolute_name(folder_, records);
}

void RecordedOutputs::add(const RecordJson& line) {
  const auto event = text_at(line, "event");
  if (event == "run") begin(line);
  if (event == "started") {
    for (const auto& name : line.value("outputs", RecordJson::array())) {
      auto& entry = outputs_[output_now(name.get<std::string>())];
      entry.begun = true;
      entry.failure.reset();
    }
  }
  if (event != "item") return;
  if (const auto input = text_at(line.value("input", RecordJson()), "path"); !input.empty())
    inputs_.insert(name_now(input));
  const auto name = text_at(line, "output");
  if (name.empty()) {
    broken_lines_.insert(line.value("line", std::size_t{0}));
    return;
  }
  auto& entry = outputs_[output_now(name)];
  if (text_at(line, "status") != "ok") {
    entry.failure = text_at(line, "error");
    return;
  }
  Made made;
  made.input_sha256 = text_at(line.value("input", RecordJson()), "sha256");
  made.bundle_sha256 = text_at(line.value("bundle", RecordJson()), "sha256");
  made.parameters = shown(line.value("parameters", RecordJson::object()));
  for (const auto& file : line.value("outputs", RecordJson::array())) {
    made.files.emplace_back(name_now(text_at(file, "path")), text_at(file, "sha256"));
    outputs_[made.files.back().first.string()].begun = true;
  }
  if (line.contains("shown")) {
    made.shown = line["shown"].at("part").get<std::vector<int>>();
    made.caption = text_at(line["shown"], "caption");
  }
  const auto stages = line.value("seconds", RecordJson::object());
  for (const auto& [stage, seconds] : stages.items()) made.seconds += seconds.get<double>();
  entry = {std::move(made), std::nullopt, true};
}

const RecordedOutputs::Entry* RecordedOutputs::find(const fs::path& output) const {
  const auto found = outputs_.find(absolute(output));
  return found == outputs_.end() ? nullptr : &found->second;
}

std::size_t RecordedOutputs::remove_temporaries() const {
  std::set<fs::path> folders;
  for (const auto& [name, entry] : outputs_) folders.insert(fs::path(name).parent_path());
  std::size_t removed = 0;
  for (const auto& folder : folders) {
    std::error_code failure;
    for (const auto& entry : fs::directory_iterator(folder, failure)) {
      const auto target = target_of_temporary(entry.path().filename().string());
      if (target.empty() || !outputs_.contains((folder / target).string())) continue;
      removed += fs::remove(entry.path(), failure) ? 1 : 0;
    }
  }
  return removed;
}

std::optional<double> RecordedOutputs::mean_seconds() const {
  double total = 0;
  std::size_t count = 0;
  for (const auto& [name, entry] : outputs_) {
    if (!entry.made) continue;
    total += entry.made->seconds;
    ++count;
  }
  return count > 0 ? std::optional(total / static_cast<double>(count)) : std::nullopt;
}

std::optional<std::string> reason_to_run(const RecordedOutputs::Made& made, const Provenance& now) {
  if (made.input_sha256 != now.input_sha256) return "the input changed";
  if (made.bundle_sha256 != now.bundle_sha256) return "the bundle changed";
  const auto changed = difference(RecordJson::parse(made.parameters), now.parameters);
  if (!changed.empty()) return "the parameters changed: " + changed;
  for (const auto& [file, sha256] : made.files) {
    if (!path_exists(file)) return "the output is missing";
    try {
      if (sha256_of_file(file) != sha256) return "the output was changed";
    } catch (const Error&) {
      return "the output can't be read";
    }
  }
  return std::nullopt;
}

}  // namespace magicface::app
