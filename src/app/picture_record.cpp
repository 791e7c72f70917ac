// SPDX-License-Identifier: Apache-2.0
#include "picture_record.hpp"

#include <algorithm>

#include "magicface/core/error.hpp"
#include "magicface/image/format.hpp"
#include "magicface/image/picture.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

const std::string kKeyword = "magicface";

/// The file of this name beside the picture, else in the current folder.
std::string place_of(const std::string& name, const fs::path& picture) {
  std::error_code failure;
  const auto beside = picture.parent_path() / name;
  return fs::exists(beside, failure) ? beside.string() : name;
}

}  // namespace

void put_record_into(image::Metadata& metadata, const RecordJson& record) {
  std::erase_if(metadata.texts, [](const image::Metadata::Text& text) { return text.keyword == kKeyword; });
  metadata.texts.push_back({kKeyword, shown(record)});
}

std::optional<RecordJson> record_of_picture(const fs::path& file) {
  std::error_code failure;
  if (!image::format_of_path(file) || !fs::is_regular_file(file, failure)) return std::nullopt;
  const auto texts = image::read_picture(file).metadata.texts;
  const auto text = std::find_if(texts.begin(), texts.end(), [](const auto& one) { return one.keyword == kKeyword; });
  if (text == texts.end()) {
    throw UsageError("--from-record " + file.string() + ": the picture has no text '" + kKeyword +
                     "'; only PNG carries it, without --no-metadata; name the record file instead");
  }
  auto record = parse_record(text->text);
  if (record.at("schema").get<int>() > kRecordSchema) {
    throw UsageError("--from-record " + file.string() + ": expected a text of schema " + std::to_string(kRecordSchema) +
                     ", got " + record["schema"].dump() + "; use a newer magicface");
  }
  record["event"] = "item";
  record["output"] = file.filename().string();
  auto& parameters = record.at("parameters");
  for (auto* named : {&record.at("input"), &parameters.at("condition"), &parameters.at("mask")}) {
    if (!named->is_null()) (*named)["path"] = place_of(named->at("path").get<std::string>(), file);
  }
  return record;
}

}  // namespace magicface::app
