// SPDX-License-Identifier: Apache-2.0
#include "report_data.hpp"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "eval_figures.hpp"
#include "magicface/core/base64.hpp"
#include "magicface/core/error.hpp"
#include "magicface/image/encode.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
namespace {

Json object_at(const Json& record, const char* key) {
  return record.contains(key) && record[key].is_object() ? record[key] : Json::object();
}

/// Intensities before and after, and what was meant: clip(before + variation, 0, 5). Null without an estimator.
Json readings_of(const Json& record, const Json& au) {
  const auto before = object_at(record, "au_before"), after = object_at(record, "au_after");
  if (before.empty() || after.empty()) return nullptr;
  Json readings{{"before", before}, {"achieved", after}, {"intended", Json::object()}};
  for (const auto& [unit, value] : before.items()) {
    if (!after.contains(unit)) return nullptr;
    readings["intended"][unit] = std::clamp(value.get<double>() + au.value(unit, 0.0), 0.0, 5.0);
  }
  return readings;
}

/// From the records alone, so that pages without an evaluation can be sorted, too.
double au_error(const Json& readings) {
  double sum = 0;
  for (const auto& [unit, after] : readings["achieved"].items()) {
    const double error = after.get<double>() - readings["intended"][unit].get<double>();
    sum += error * error;
  }
  return sum / static_cast<double>(readings["achieved"].size());
}

/// What the model was given; of a failed item, what is known of it.
Json given(const RecordedItem& item) {
  try {
    return item.variation();
  } catch (const Json::exception&) {
    return object_at(object_at(item.record, "parameters"), "au");
  }
}

/// The name of an edit that has another than its variations: "happiness", "AU12@3". Null for those.
Json name_of(const Json& record) {
  const auto parameters = object_at(record, "parameters");
  const auto name = parameters.value("edit", std::string());
  const bool plain = name.starts_with("AU") && !parameters.contains("target") && !parameters.contains("like");
  return name.empty() || plain ? Json(nullptr) : Json(name);
}

double seconds_of(const Json& record) {
  const auto stages = object_at(record, "seconds");
  double sum = 0;
  for (const auto& [stage, seconds] : stages.items()) sum += seconds.get<double>();
  return sum;
}

Json parameters_of(const Json& record) {
  auto parameters = object_at(record, "parameters");
  for (const auto* shown : {"au", "edit"}) parameters.erase(shown);
  parameters["bundle"] = object_at(record, "bundle").value("name", "");
  const auto compute = object_at(record, "compute");
  for (const auto& [name, value] : compute.items()) parameters[name] = value;
  for (auto entry = parameters.begin(); entry != parameters.end();)
    entry = entry->is_null() ? parameters.erase(entry) : std::next(entry);
  return parameters;
}

}  // namespace

std::string ReportData::picture(const fs::path& file) const {
  auto rgb = image::read_picture(file).rgb;
  const double scale = static_cast<double>(size_) / std::max(rgb.cols, rgb.rows);
  if (scale < 1) cv::resize(rgb, rgb, {}, scale, scale, cv::INTER_AREA);
  return "data:image/webp;base64," + base64(image::encode_picture({rgb, {}}, {image::Format::webp, quality_, {}}));
}

/// A portrait is in the page once, however many edits it has.
Json ReportData::source(const fs::path& file) {
  const auto found = source_index_.find(file);
  if (found != source_index_.end()) return found->second;
  sources_.push_back(picture(file));
  source_index_[file] = sources_.size() - 1;
  return sources_.size() - 1;
}

std::optional<std::string> ReportData::add(const RecordedItem& item, const std::string& run) {
  const auto& record = item.record;
  std::optional<std::string> problem;
  Json line{{"name", (run.empty() ? "" : run + '/') + item.key},
            {"input", item.source.filename().string()},
            {"error", nullptr}};
  line["warnings"] = record.contains("warnings") && record["warnings"].is_array() ? record["warnings"] : Json::array();
  line["source"] = nullptr;
  line["after"] = nullptr;
  if (!item.ok()) {
    line["error"] =
        record.contains("error") && record["error"].is_string() ? record["error"] : Json("no reason recorded");
  } else {
    try {
      line["after"] = picture(item.output);
      line["source"] = source(item.source);
    } catch (const Error& missing) {
      problem = missing.what();
      line["warnings"].push_back(*problem);
    }
  }
  line["au"] = given(item);
  line["edit"] = name_of(record);
  line["readings"] = readings_of(record, line["au"]);
  line["figures"] = figures_.of(item);
  if (!line["figures"].contains("au_mse") && !line["readings"].is_null())
    line["figures"]["au_mse"] = au_error(line["readings"]);
  line["parameters"] = parameters_of(record);
  line["seconds"] = seconds_of(record);
  items_.push_back(std::move(line));
  return problem;
}

Json ReportData::json(const std::string& title) const {
  Json figures = Json::array();
  for (const auto& info : figure_infos()) {
    const auto used =
        std::any_of(items_.begin(), items_.end(), [&](const Json& item) { return item["figures"].contains(info.key); });
    if (used) figures.push_back({{"key", info.key}, {"title", info.title}});
  }
  return {{"title", title}, {"figures", figures}, {"sources", sources_}, {"items", items_}};
}

}  // namespace magicface::app
