// SPDX-License-Identifier: Apache-2.0
#include "from_record.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <utility>

#include "magicface/core/error.hpp"
#include "magicface/core/hash.hpp"
#include "magicface/face/action_units.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

struct Place {
  fs::path file;
  std::optional<std::size_t> line;
};

/// "FILE:12"; a name that really ends so wins over the line.
Place parse_place(const std::string& text) {
  const auto colon = text.rfind(':');
  std::error_code failure;
  if (colon == std::string::npos || fs::exists(text, failure)) return {text, std::nullopt};
  std::size_t line = 0;
  const auto [end, wrong] = std::from_chars(text.data() + colon + 1, text.data() + text.size(), line);
  if (wrong != std::errc() || end != text.data() + text.size()) return {text, std::nullopt};
  return {text.substr(0, colon), line};
}

struct Found {
  RecordJson record, folder;
};

Found find_record(const Place& place) {
  Found found;
  RecordJson folder;
  read_records(place.file, [&](std::size_t number, const RecordJson& line) {
    if (line.at("event") == "run") folder = line.at("folder");
    const bool wanted = place.line ? number == *place.line : line.at("event") == "item";
    if (wanted) found = {line, folder};
  });
  const std::string where =
      "--from-record " + place.file.string() + (place.line ? ":" + std::to_string(*place.line) : "");
  if (found.record.is_null()) throw UsageError(where + ": no such line with an item");
  if (found.record.at("event") != "item" || found.record.at("parameters").empty()) {
    throw UsageError(where + ": expected a line of an item with parameters, got '" +
                     found.record.at("event").get<std::string>() + "'");
  }
  return found;
}

std::string au_text(const RecordJson& au) {
  std::string text;
  for (const auto& [name, value] : au.items()) text += (text.empty() ? "" : ",") + name + "=" + value.dump();
  return text;
}

UsageError not_as_documented(const std::string& where) {
  return UsageError(where + ": fields of an item are missing or of another type (docs/records.md)");
}

}  // namespace

EditOptions options_of_record(const EditOptions& now, const RecordJson& record, const fs::path& root, const std::string& where) {
  try {
    const auto& parameters = record.at("parameters");
    const auto& compute = record.at("compute");
    EditOptions options = now;
    options.inputs = {(root / record.at("input").at("path").get<std::string>()).string()};
    if (!options.bundle) options.bundle = (root / record.at("bundle").at("path").get<std::string>()).string();
    options.sampling.sampler = parameters.at("sampler").get<std::string>();
    options.sampling.steps = parameters.at("steps").get<int>();
    options.sampling.eta = parameters.at("eta").get<double>();
    options.sampling.guidance = parameters.at("guidance").get<double>();
    options.crop = parameters.at("crop") == "none" ? pipeline::Crop::none : pipeline::Crop::automatic;
    options.composite =
        parameters.at("composite") == "none" ? pipeline::Composite::none : pipeline::Composite::automatic;
    if (!parameters.at("condition").is_null())
      options.condition = root / parameters.at("condition").at("path").get<std::string>();
    options.metadata = parameters.at("metadata").get<bool>();
    options.face = face::parse_face_choice(parameters.at("face").get<std::string>());
    options.mask_policy = pipeline::mask_policy_from_name(parameters.at("mask_policy").get<std::string>());
    if (!parameters.at("mask").is_null()) options.mask = root / parameters.at("mask").at("path").get<std::string>();
    if (!parameters.at("quality").is_null()) options.quality = parameters.at("quality").get<int>();
    if (options.compute.device == "auto") options.compute.device = compute.at("device").get<std::string>();
    if (options.compute.dtype == "auto") options.compute.dtype = compute.at("dtype").get<std::string>();
    if (options.compute.threads == 0) options.compute.threads = compute.at("threads").get<int>();
    options.compute.batch_size =
        record.at("batch").is_null() ? 1 : static_cast<int>(record.at("batch").at("edits").size());
    options.output.format = image::format_from_name(parameters.at("format").get<std::string>());
    return options;
  } catch (const RecordJson::exception&) {
    throw not_as_documented(where);
  }
}

WorkItem item_of_record(const RecordJson& record, const PlannedOutput& output, const face::AuVocabulary& vocabulary,
                        const std::string& where) {
  try {
    const auto& parameters = record.at("parameters");
    RecordJson alone{{"place", 1}, {"edits", RecordJson::array()}};
    alone["edits"].push_back({{"au", parameters.at("au")}, {"seed", parameters.at("seed")}});
    const auto& batch = record.at("batch").is_null() ? std::as_const(alone) : record.at("batch");
    WorkItem item;
    for (const auto& edit : batch.at("edits")) {
      EditRequest request;
      request.variation = edit.at("au").empty() ? face::ActionUnits(vocabulary.size(), 0.0)
                                                : face::parse_edit(au_text(edit.at("au")), vocabulary);
      request.seed = edit.at("seed").get<std::uint64_t>();
      request.label = face::edit_label(request.variation, vocabulary);
      request.asked.label = request.label;
      request.asked.variation = request.variation;
      request.asked.target.resize(vocabulary.size());
      item.edits.push_back(std::move(request));
    }
    const auto place = batch.at("place").get<std::size_t>() - 1;
    if (place >= item.edits.size()) throw UsageError(where + ": the batch has no edit of the place it says");
    if (const auto name = parameters.value("edit", std::string()); !name.empty()) item.edits[place].label = name;  // its text has it
    item.only = {place};
    if (!record.at("input").at("sha256").is_null()) item.input_sha256 = record.at("input").at("sha256").get<std::string>();
    item.outputs.assign(item.edits.size(), output);
    return item;
  } catch (const RecordJson::exception&) {
    throw not_as_documented(where);
  }
}

RecordedJob read_recorded_job(const EditOptions& now) {
  if (!now.inputs.empty() || now.batch.jobs || asks_for_edits(now) || now.seed || !now.seeds.seeds.empty() || now.batch.resume ||
      now.batch.retry_failed || now.batch.shard) {
    throw UsageError(
        "--from-record: expected only --out, --overwrite, --bundle and compute flags beside it; the record says the "
        "rest");
  }
  auto [record, folder] = find_record(parse_place(*now.batch.from_record));
  const fs::path root = folder.is_string() ? folder.get<std::string>() : std::string();
  return {options_of_record(now, record, root, "--from-record " + *now.batch.from_record), record};
}

EditPlan plan_recorded(const RecordedJob& job, const models::Bundle& bundle) {
  const auto& record = job.record;
  const auto expected = record.at("bundle").at("sha256").get<std::string>();
  const auto actual = sha256_of_file(bundle.folder() / "bundle.json");
  if (actual != expected) {
    throw UsageError("--from-record: expected the bundle with sha256 " + expected + ", got " + actual + " in " +
                     bundle.folder().string() + "; name the recorded one with --bundle");
  }
  const auto check_unchanged = [&](const char* name, const std::optional<fs::path>& file) {
    const auto& picture = record.at("parameters").at(name);
    if (!file || picture.at("sha256").is_null() || sha256_of_file(*file) == picture.at("sha256")) return;
    throw UsageError(std::string("--from-record: the ") + name + " image " + file->string() + " has changed since");
  };
  check_unchanged("condition", job.options.condition);
  check_unchanged("mask", job.options.mask);
  const auto named = fs::path(record.at("output").get<std::string>()).filename();
  const auto& output = job.options.output;
  const auto file = names_a_picture(output) ? output.out : (output.out / named).lexically_normal();
  auto item = item_of_record(record, {file, output.format.value()}, face::AuVocabulary(bundle.manifest().au.names),
                             "--from-record");
  item.input.path = job.options.inputs.front();

  EditPlan plan;
  plan.total = plan.inputs = plan.outputs = 1;
  plan.next = [item, given = false]() mutable {
    return std::exchange(given, true) ? std::nullopt : std::optional(item);
  };
  return plan;
}

}  // namespace magicface::app
