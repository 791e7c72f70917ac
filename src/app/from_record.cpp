// SPDX-License-Identifier: Apache-2.0
#include "from_record.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <utility>

#include "file_beside.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/hash.hpp"
#include "magicface/face/action_units.hpp"
#include "picture_record.hpp"

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
  if (auto record = record_of_picture(place.file)) return {std::move(*record), nullptr};
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

face::ActionUnits variation_of(const RecordJson& au, const face::AuVocabulary& vocabulary) {
  return au.empty() ? face::ActionUnits(vocabulary.size(), 0.0) : face::parse_edit(au_text(au), vocabulary);
}

/// Where the flags of now say nothing else.
void take_compute(const RecordJson& recorded, pipeline::ComputeOptions& compute) {
  if (compute.device == "auto") compute.device = recorded.at("device").get<std::string>();
  if (compute.dtype == "auto") compute.dtype = recorded.at("dtype").get<std::string>();
  if (compute.threads == 0) compute.threads = recorded.at("threads").get<int>();
}

EditRequest request_of(const RecordJson& edit, const face::AuVocabulary& vocabulary) {
  EditRequest request;
  request.variation = variation_of(edit.at("au"), vocabulary);
  request.seed = edit.at("seed").get<std::uint64_t>();
  request.label = face::edit_label(request.variation, vocabulary);
  request.asked.label = request.label;
  request.asked.variation = request.variation;
  request.asked.target.resize(vocabulary.size());
  if (!edit.contains("asked")) return request;
  // Of several faces each needs its own variation: it is worked out again.
  const auto& asked = edit["asked"];
  request.flag = "--from-record";
  request.asked.strength = asked.at("strength").get<double>();
  request.asked.variation = variation_of(asked.at("au"), vocabulary);
  for (std::size_t i = 0; i < vocabulary.size(); ++i) {
    const auto& name = vocabulary.names()[i];
    if (asked.at("target").contains(name)) request.asked.target[i] = asked["target"][name].get<double>();
  }
  return request;
}

/// Whether the edit begins another picture of the batch than the one before. An edit of the record's own has no input.
bool same_item(const RecordJson& a, const RecordJson& b) {
  const auto text = [](const RecordJson& edit, const char* key) {
    return edit.contains(key) ? shown(edit[key]) : std::string();
  };
  return text(a, "input") == text(b, "input") && text(a, "face") == text(b, "face");
}

UsageError not_as_documented(const std::string& where) {
  return UsageError(where + ": fields of an item are missing or of another type (docs/records.md)");
}

}  // namespace

EditOptions options_of_record(const EditOptions& now, const RecordJson& record, const fs::path& root,
                              const std::string& where) {
  try {
    const auto& parameters = record.at("parameters");
    EditOptions options = now;
    options.inputs = {(root / record.at("input").at("path").get<std::string>()).string()};
    if (const auto& bundle = record.at("bundle"); !options.bundle && bundle.contains("path"))
      options.bundle = (root / bundle["path"].get<std::string>()).string();
    options.sampling.sampler = parameters.at("sampler").get<std::string>();
    options.sampling.steps = parameters.at("steps").get<int>();
    options.sampling.eta = parameters.at("eta").get<double>();
    options.sampling.guidance = parameters.at("guidance").get<double>();
    options.sampling.noise_scale = parameters.value("noise_scale", 1.0);  // left out where it is 1
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
    if (record.contains("compute")) take_compute(record["compute"], options.compute);
    options.compute.batch_size =
        record.at("batch").is_null() ? 1 : static_cast<int>(record.at("batch").at("edits").size());
    options.output.format = image::format_from_name(parameters.at("format").get<std::string>());
    return options;
  } catch (const RecordJson::exception&) {
    throw not_as_documented(where);
  }
}

std::vector<WorkItem> batch_of_record(const RecordedJob& job, const PlannedOutput& output,
                                      const models::Manifest& manifest) {
  const auto& [options, record, root] = job;
  const face::AuVocabulary vocabulary(manifest.au.names);
  RecordJson alone{{"place", 1}, {"edits", RecordJson::array()}};
  alone["edits"].push_back({{"au", record["parameters"]["au"]}, {"seed", record["parameters"]["seed"]}});
  const auto& batch = record.at("batch").is_null() ? std::as_const(alone) : record.at("batch");
  const auto& edits = batch.at("edits");
  const auto place = batch.at("place").get<std::size_t>();
  if (place == 0 || place > edits.size()) throw UsageError("--from-record: the batch has no edit of the place it says");
  const auto sha256_of = [](const RecordJson& input) {
    return input.at("sha256").is_null() ? "" : input.at("sha256").get<std::string>();
  };
  std::vector<WorkItem> items;
  for (std::size_t i = 0; i < edits.size(); ++i) {
    if (i == 0 || !same_item(edits[i - 1], edits[i])) {
      auto& item = items.emplace_back();
      const bool other = edits[i].contains("input");
      const auto& input = other ? edits[i]["input"] : record.at("input");
      item.input.path = root / input.at("path").get<std::string>();
      item.input_sha256 = sha256_of(input);
      if (other) item.face = face::parse_face_choice(edits[i].at("face").get<std::string>());
      item.first = items.size();
    }
    auto& item = items.back();
    item.edits.push_back(request_of(edits[i], vocabulary));
    if (i + 1 != place) continue;
    item.only = {item.edits.size() - 1};
    // The picture's text has the recorded name.
    if (const auto name = record["parameters"].value("edit", std::string()); !name.empty())
      item.edits.back().label = name;
  }
  for (auto& item : items) {
    item.outputs.assign(item.edits.size(), output);
    if (item.only.empty()) item.only = {item.edits.size()};
  }
  return items;
}

RecordedJob read_recorded_job(const EditOptions& now) {
  if (now.inputs.size() > 1) {
    throw UsageError("--from-record: expected one --in, where the portrait is now, got " +
                     std::to_string(now.inputs.size()) + "; leave the others out");
  }
  const auto where = "--from-record " + *now.batch.from_record;
  try {
    auto [record, folder] = find_record(parse_place(*now.batch.from_record));
    const fs::path root = folder.is_string() ? folder.get<std::string>() : std::string();
    if (!now.inputs.empty()) record["input"]["path"] = fs::absolute(now.inputs.front()).string();
    return {options_of_record(now, record, root, where), record, root};
  } catch (const RecordJson::exception&) {
    throw not_as_documented(where);
  }
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
    if (!file || picture.at("sha256").is_null()) return;
    const auto own = *file_beside(std::string("--") + name, file, job.options.inputs.front());
    if (sha256_of_file(own) == picture.at("sha256")) return;
    throw UsageError(std::string("--from-record: the ") + name + " image " + own.string() + " has changed since");
  };
  check_unchanged("condition", job.options.condition);
  check_unchanged("mask", job.options.mask);
  const auto& options = job.options;
  const auto named = fs::path(record.at("output").get<std::string>()).filename();
  const auto format = options.output.format.value();
  const auto& out = options.output.out;
  if (names_a_picture(options.output) && image::format_of_path(out) != format) {
    throw UsageError("--out " + out.string() + ": expected a name that ends in " + image::extension_of(format) +
                     ", the recorded format; give such a name, or a folder");
  }
  const auto output = names_a_picture(options.output) ? out : (out / named).lexically_normal();
  auto items = batch_of_record(job, {output, format}, bundle.manifest());
  EditPlan plan;
  plan.total = plan.outputs = 1;
  plan.inputs = items.size();
  plan.next = [items = std::move(items), at = std::size_t{0}]() mutable -> std::optional<WorkItem> {
    if (at == items.size()) return std::nullopt;
    return std::move(items[at++]);
  };
  return plan;
}

}  // namespace magicface::app
