// SPDX-License-Identifier: Apache-2.0
#include "face_reader.hpp"

#include "magicface/core/error.hpp"
#include "magicface/face/selection.hpp"
#include "magicface/image/picture.hpp"
#include "magicface/pipeline/face_mask.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kShownHash = 8;

/// The box in shares of the picture's sides.
cv::Rect2f share_of(const cv::Rect2f& box, const cv::Size& size) {
  const auto width = static_cast<float>(size.width), height = static_cast<float>(size.height);
  return {box.x / width, box.y / height, box.width / width, box.height / height};
}

const face::Face& nearest_face(const std::vector<face::Face>& faces, const cv::Size& size, const FaceReading& source) {
  const auto place = share_of(source.face->box, source.rgb.size());
  const face::Face* best = nullptr;
  float most = 0;
  for (const auto& candidate : faces) {
    const float overlap = (share_of(candidate.box, size) & place).area();
    if (overlap > most) {
      most = overlap;
      best = &candidate;
    }
  }
  return best != nullptr ? *best : face::largest(faces);
}

}  // namespace

std::string no_face_in_source(const fs::path& picture) { return picture.string() + ": no face found in the source"; }

FaceReader::FaceReader(std::shared_ptr<const models::Bundle> bundle, const pipeline::ComputeOptions& compute,
                       EvalTables tables)
    : bundle_(std::move(bundle)), faces_(bundle_, compute), tables_(std::move(tables)) {}

/// Whether a network is to read what no table says.
bool FaceReader::needs_face() const {
  return (tables_.au.empty() && faces_.can_estimate()) || (tables_.identity.empty() && bundle_->has("identity")) ||
         (tables_.pose.empty() && bundle_->has("head_pose"));
}

FaceReading FaceReader::read(const fs::path& picture, cv::Mat rgb, const std::optional<face::Face>& face) {
  FaceReading reading{std::move(rgb), face, {}, {}, {}};
  const auto row_of = [&](PictureTable& table) -> const std::vector<double>* {
    try {
      return &table.find(picture);
    } catch (const ItemError& problem) {
      reading.problems.emplace_back(problem.what());
      return nullptr;
    }
  };
  if (!tables_.au.empty()) {
    if (const auto* intensities = row_of(tables_.au)) reading.au = *intensities;
  } else if (face && faces_.can_estimate()) {
    reading.au = faces_.estimate_aus(reading.rgb, *face);
  }
  if (!tables_.identity.empty()) {
    if (const auto* vector = row_of(tables_.identity)) reading.identity = *vector;
  } else if (face) {
    reading.identity = faces_.estimate_identity(reading.rgb, *face);
  }
  if (!tables_.pose.empty()) {
    if (const auto* angles = row_of(tables_.pose)) reading.pose = {(*angles)[0], (*angles)[1], (*angles)[2]};
  } else if (face) {
    if (const auto pose = faces_.estimate_pose(reading.rgb, *face)) reading.pose = {(*pose)[0], (*pose)[1], (*pose)[2]};
  }
  return reading;
}

std::vector<FaceReading> FaceReader::read_source(const fs::path& picture, const std::string& face) {
  const auto choice = face::parse_face_choice(face);
  const auto rgb = image::read_picture(picture).rgb;
  const auto faces = faces_.detect(rgb);
  std::vector<face::Face> chosen;
  if (faces.empty()) {
    // What tables say is a figure all the same.
  } else if (choice.kind == face::FaceChoice::Kind::all) {
    for (const auto& one : faces_.choose(rgb, choice)) {
      if (!one.usability.problem) chosen.push_back(one.face);
    }
  } else {
    for (const auto index : face::choose(faces, choice)) chosen.push_back(faces[index]);
  }
  if (chosen.size() > 1 && !(tables_.au.empty() && tables_.identity.empty() && tables_.pose.empty())) {
    throw ItemError(picture.string() + ": a table has one row for a picture, and " + std::to_string(chosen.size()) +
                    " faces of this one were edited; leave the tables out");
  }
  if (chosen.empty()) {
    auto reading = read(picture, rgb, std::nullopt);
    if (needs_face()) reading.problems.push_back(no_face_in_source(picture));
    return {reading};
  }
  std::vector<FaceReading> readings;
  for (const auto& one : chosen) readings.push_back(read(picture, rgb, one));
  return readings;
}

FaceReading FaceReader::read_edited(const fs::path& picture, const FaceReading& source) {
  auto rgb = image::read_picture(picture).rgb;
  if (!source.face) return read(picture, std::move(rgb), std::nullopt);  // a network has nothing to compare with
  auto faces = faces_.detect(rgb);
  // A face that was edited beyond recognition counts: leaving it out would flatter the method.
  if (faces.empty()) faces = faces_.detect_unchecked(rgb);
  if (faces.empty()) {
    auto reading = read(picture, std::move(rgb), std::nullopt);
    if (needs_face()) reading.problems.emplace_back("no face found in the edited picture");
    return reading;
  }
  const auto face = nearest_face(faces, rgb.size(), source);
  return read(picture, std::move(rgb), face);
}

bool FaceReader::has_parser() const {
  return bundle_->manifest().condition && bundle_->has("face_parser") && bundle_->has("landmarks");
}

cv::Mat FaceReader::face_mask(const std::vector<FaceReading>& source) {
  const auto& manifest = bundle_->manifest();
  if (!has_parser()) return {};
  cv::Mat mask;
  for (const auto& reading : source) {
    if (!reading.face) continue;
    const auto one = pipeline::face_mask(faces_.analyse(reading.rgb, *reading.face), manifest, reading.rgb.size());
    mask = mask.empty() ? one : cv::Mat(mask | one);
  }
  return mask;
}

nlohmann::ordered_json FaceReader::provenance() const {
  const auto module = [&](const char* name) -> nlohmann::ordered_json {
    const auto found = bundle_->manifest().modules.find(name);
    if (found == bundle_->manifest().modules.end()) return nullptr;
    return bundle_->label() + " " + name + " " + found->second.file.sha256.substr(0, kShownHash);
  };
  nlohmann::ordered_json names;
  const auto by_table = [](const PictureTable& table) { return nlohmann::ordered_json("table " + table.source()); };
  names["au"] = tables_.au.empty() ? module("au_estimator") : by_table(tables_.au);
  names["identity"] = tables_.identity.empty() ? module("identity") : by_table(tables_.identity);
  names["pose"] = tables_.pose.empty() ? module("head_pose") : by_table(tables_.pose);
  names["face_mask"] = module("face_parser");
  return names;
}

}  // namespace magicface::app
