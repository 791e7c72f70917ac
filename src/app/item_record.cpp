// SPDX-License-Identifier: Apache-2.0
#include "item_record.hpp"

#include "file_beside.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/hash.hpp"
#include "magicface/core/rounding.hpp"
#include "magicface/pipeline/compute_summary.hpp"
#include "version.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

RecordJson intensities(const std::vector<std::string>& names, const std::optional<std::vector<double>>& values) {
  if (!values) return nullptr;
  RecordJson object = RecordJson::object();
  for (std::size_t i = 0; i < names.size(); ++i) object[names[i]] = rounded((*values)[i], 3);
  return object;
}

RecordJson change(const std::vector<std::string>& names, const EditOutcome& outcome) {
  if (!outcome.au_before || !outcome.au_after) return nullptr;
  RecordJson object = RecordJson::object();
  for (std::size_t i = 0; i < names.size(); ++i)
    object[names[i]] = rounded((*outcome.au_after)[i] - (*outcome.au_before)[i], 3);
  return object;
}

/// A condition image or mask counts by its bytes. In a folder of them each input has its own, so that there are none
/// yet.
RecordJson picture_beside(const std::optional<fs::path>& path) {
  if (!path) return nullptr;
  std::error_code failure;
  RecordJson object{{"path", path->string()}, {"sha256", nullptr}};
  if (fs::is_regular_file(*path, failure)) object["sha256"] = sha256_of_file(*path);
  return object;
}

}  // namespace

ItemRecorder::ItemRecorder(const EditOptions& options, const models::Bundle& bundle)
    : options_(options),
      manifest_(bundle.manifest()),
      bundle_name_(bundle.label()),
      bundle_path_(bundle.folder().string()),
      bundle_sha256_(sha256_of_file(bundle.folder() / "bundle.json")),
      compute_(pipeline::summarise_compute(options.compute, bundle.manifest().image_size)),
      condition_(picture_beside(options.condition)),
      mask_(picture_beside(options.mask)) {
  for (const auto& reference : options.expressions.like) reference_sha256_[reference] = sha256_of_file(reference);
}

RecordJson ItemRecorder::bundle() const {
  return {{"name", bundle_name_}, {"path", bundle_path_}, {"sha256", bundle_sha256_}};
}

RecordJson ItemRecorder::action_units(const std::vector<double>& variation) const {
  RecordJson au = RecordJson::object();
  for (std::size_t i = 0; i < variation.size(); ++i) {
    if (variation[i] != 0) au[manifest_.au.names[i]] = variation[i];
  }
  return au;
}

RecordJson ItemRecorder::run(const Shard& shard, const std::optional<std::size_t>& total,
                             const std::string& fingerprint) const {
  RecordJson line{
      {"version", kVersion}, {"bundle", bundle()}, {"shard", nullptr}, {"items", nullptr}, {"plan", nullptr}};
  if (!shard.whole()) line["shard"] = {{"index", shard.index}, {"count", shard.count}};
  if (total) line["items"] = *total;
  if (!fingerprint.empty()) line["plan"] = fingerprint;
  return line;
}

RecordJson ItemRecorder::input(const fs::path& path, const std::string& sha256) {
  return {{"path", path.string()}, {"sha256", sha256.empty() ? RecordJson(nullptr) : RecordJson(sha256)}};
}

bool ItemRecorder::edits_all_faces(const WorkItem& item) const {
  return item.face.value_or(options_.face).kind == face::FaceChoice::Kind::all;
}

RecordJson ItemRecorder::target(const face::AuRequest& asked) const {
  RecordJson target = RecordJson::object();
  for (std::size_t i = 0; i < asked.target.size(); ++i) {
    if (asked.target[i]) target[manifest_.au.names[i]] = *asked.target[i];
  }
  return target;
}

/// One of several faces of a picture; `error` says why it was left out.
RecordJson ItemRecorder::face(const EditOutcome& outcome) const {
  return {{"face", outcome.face},
          {"status", outcome.skipped ? "skipped" : "ok"},
          {"au", action_units(outcome.variation)},
          {"au_before", intensities(manifest_.au.names, outcome.au_before)},
          {"au_after", intensities(manifest_.au.names, outcome.au_after)},
          {"au_change", change(manifest_.au.names, outcome)},
          {"warnings", outcome.warnings},
          {"error", outcome.error ? RecordJson(*outcome.error) : RecordJson(nullptr)}};
}

/// Of edits of other pictures it says which.
RecordJson ItemRecorder::batch(const EditOutcome& outcome) const {
  if (!outcome.batch) return nullptr;
  RecordJson edits = RecordJson::array();
  for (const auto& row : outcome.batch->rows) {
    auto& edit = edits.emplace_back(RecordJson{{"au", action_units(row.variation)}, {"seed", row.seed}});
    const auto& asked = row.item->edits[row.edit].asked;
    if (edits_all_faces(*row.item) && face::is_absolute(asked)) {  // a variation of its own for every face
      edit["asked"] = {{"au", action_units(asked.variation)}, {"target", target(asked)}, {"strength", asked.strength}};
    }
    if (row.item->first == outcome.item->first) continue;
    edit["input"] = input(row.item->input.path, row.input_sha256);
    edit["face"] = face::face_choice_text(row.item->face.value_or(options_.face));
  }
  return {{"place", outcome.batch_place + 1}, {"edits", std::move(edits)}};
}

/// What was asked for, not what it came to for this face: that is known only once the model has read it (`batch` has
/// it).
RecordJson ItemRecorder::asked(const EditRequest& request) const {
  RecordJson line;
  line["edit"] = request.label;
  line["au"] = action_units(request.asked.variation);
  if (request.like) {
    line["like"] = {{"path", request.like->string()}, {"sha256", reference_sha256_.at(*request.like)}};
  } else if (face::is_absolute(request.asked)) {
    line["target"] = target(request.asked);
  }
  if (request.asked.strength != 1) line["strength"] = request.asked.strength;
  line["seed"] = request.seed;
  if (!request.rivals.empty()) line["best_of"] = request.rivals;
  if (options_.sheets.compare) line["compare"] = true;
  return line;
}

RecordJson ItemRecorder::of_input(const char* flag, const RecordJson& named, const fs::path& input) {
  if (named.is_null() || !named["sha256"].is_null()) return named;
  auto own = named;
  try {
    own["sha256"] = sha256_of_file(*file_beside(flag, fs::path(named["path"].get<std::string>()), input));
  } catch (const Error&) {  // preparing the item says why, in the words for people
  }
  return own;
}

RecordJson ItemRecorder::parameters(const WorkItem& item, std::size_t edit) const {
  const auto sampling = pipeline::resolved(options_.sampling, manifest_.defaults);
  const auto format = item.outputs[edit].format;
  RecordJson line;
  line.update(asked(item.edits[edit]));
  line["sampler"] = sampling.sampler;
  line["steps"] = sampling.steps;
  line["eta"] = sampling.eta;
  line["guidance"] = sampling.guidance;
  if (sampling.noise_scale != 1)
    line["noise_scale"] = sampling.noise_scale;  // so that records made before it existed stay good
  line["crop"] = options_.crop == pipeline::Crop::none ? "none" : "auto";
  line["condition"] = of_input("--condition", condition_, item.input.path);
  line["composite"] = options_.composite == pipeline::Composite::none ? "none" : "auto";
  line["format"] = image::extension_of(format).substr(1);
  line["quality"] = image::is_lossy(format) && options_.quality ? RecordJson(*options_.quality) : RecordJson(nullptr);
  line["metadata"] = options_.metadata;
  line["face"] = face::face_choice_text(item.face.value_or(options_.face));
  line["mask"] = of_input("--mask", mask_, item.input.path);
  line["mask_policy"] = pipeline::mask_policy_name(options_.mask_policy);
  return line;
}

Provenance ItemRecorder::provenance(const WorkItem& item, std::size_t edit, const std::string& input_sha256) const {
  return {input_sha256, bundle_sha256_, parameters(item, edit)};
}

RecordJson ItemRecorder::item(const EditOutcome& outcome) const {
  const auto& work = *outcome.item;
  const bool planned = !outcome.output.empty();
  RecordJson line;
  line["item"] = work.first + outcome.edit;
  if (work.line > 0) line["line"] = work.line;
  if (!work.id.empty()) line["id"] = work.id;
  line["status"] = outcome.error ? "failed" : "ok";
  line["input"] = input(outcome.input, outcome.input_sha256);
  line["output"] = planned ? RecordJson(outcome.output.string()) : RecordJson(nullptr);
  line["outputs"] = RecordJson::array();
  for (const auto& file : outcome.files) {
    line["outputs"].push_back({{"path", file.path.string()}, {"sha256", file.sha256}, {"bytes", file.bytes}});
  }
  line["parameters"] = planned ? parameters(work, outcome.edit) : RecordJson::object();
  line["batch"] = batch(outcome);
  line["compute"] = {{"device", compute_.device}, {"dtype", compute_.dtype}, {"threads", compute_.threads}};
  line["bundle"] = bundle();
  line["au_before"] = intensities(manifest_.au.names, outcome.au_before);
  line["au_after"] = intensities(manifest_.au.names, outcome.au_after);
  line["au_change"] = change(manifest_.au.names, outcome);
  if (edits_all_faces(work) && !outcome.error) {
    std::map<std::size_t, RecordJson> faces{{outcome.face, face(outcome)}};
    for (const auto& other : outcome.other_faces) faces.emplace(other.face, face(other));
    line["faces"] = RecordJson::array();
    for (auto& [number, said] : faces) line["faces"].push_back(std::move(said));
  }
  if (options_.sheets.grid && outcome.shown) {
    const auto& part = outcome.shown->face;
    line["shown"] = {{"part", RecordJson::array()}, {"caption", outcome.shown->caption}};
    if (!part.empty()) line["shown"]["part"] = {part.x, part.y, part.width, part.height};
  }
  line["seconds"] = RecordJson::object();
  for (const auto& [stage, seconds] : outcome.stages) line["seconds"][stage] = rounded(seconds, 3);
  line["warnings"] = outcome.warnings;
  line["error"] = outcome.error ? RecordJson(*outcome.error) : RecordJson(nullptr);
  return line;
}

RecordJson ItemRecorder::portable(const EditOutcome& outcome) const {
  RecordJson record{{"schema", kRecordSchema},
                    {"input", input(outcome.input.filename(), outcome.input_sha256)},
                    {"bundle", {{"name", bundle_name_}, {"sha256", bundle_sha256_}}},
                    {"parameters", parameters(*outcome.item, outcome.edit)}};
  for (const char* file : {"condition", "mask", "like"}) {
    if (!record["parameters"].contains(file) || record["parameters"][file].is_null()) continue;
    auto& path = record["parameters"][file]["path"];
    path = fs::path(path.get<std::string>()).filename().string();
  }
  const auto sampled = batch(outcome);
  RecordJson own = RecordJson::array();
  std::size_t place = outcome.batch_place + 1;
  for (std::size_t i = 0; i < sampled["edits"].size(); ++i) {
    if (!sampled["edits"][i].contains("input")) {
      own.push_back(sampled["edits"][i]);
    } else if (i < outcome.batch_place) {
      --place;
    }
  }
  record["batch"] = {{"place", place}, {"edits", std::move(own)}};
  return record;
}

}  // namespace magicface::app
