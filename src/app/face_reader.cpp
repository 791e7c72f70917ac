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
  const auto place = share_of(source.face.box, source.rgb.size());
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

FaceReader::FaceReader(std::shared_ptr<const models::Bundle> bundle, const pipeline::ComputeOptions& compute,
                       const AuTables& tables)
    : bundle_(std::move(bundle)), faces_(bundle_, compute), tables_(tables) {}

FaceReading FaceReader::read(const fs::path& picture, cv::Mat rgb, const face::Face& face) {
  FaceReading reading{std::move(rgb), face, {}, {}, {}};
  if (!tables_.empty()) {
    reading.au = tables_.find(picture);
  } else if (faces_.can_estimate()) {
    reading.au = faces_.estimate_aus(reading.rgb, face);
  }
  reading.identity = faces_.estimate_identity(reading.rgb, face);
  if (const auto pose = faces_.estimate_pose(reading.rgb, face)) reading.pose = {(*pose)[0], (*pose)[1], (*pose)[2]};
  return reading;
}

FaceReading FaceReader::read_source(const fs::path& picture, const std::optional<std::size_t>& number) {
  auto rgb = image::read_picture(picture).rgb;
  const auto faces = faces_.detect(rgb);
  if (faces.empty()) throw ItemError("no face found in the source");
  if (number && *number > faces.size()) {
    throw ItemError("face " + std::to_string(*number) + " of the source was asked for, it has " + std::to_string(faces.size()));
  }
  return read(picture, std::move(rgb), number ? faces[*number - 1] : face::largest(faces));
}

FaceReading FaceReader::read_edited(const fs::path& picture, const FaceReading& source) {
  auto rgb = image::read_picture(picture).rgb;
  const auto faces = faces_.detect(rgb);
  if (faces.empty()) throw ItemError("no face found in the edited picture");
  const auto face = nearest_face(faces, rgb.size(), source);
  return read(picture, std::move(rgb), face);
}

cv::Mat FaceReader::face_mask(const FaceReading& source) {
  const auto& manifest = bundle_->manifest();
  if (!manifest.condition || !bundle_->has("face_parser") || !bundle_->has("landmarks")) return {};
  return pipeline::face_mask(faces_.analyse(source.rgb, source.face), manifest, source.rgb.size());
}

nlohmann::ordered_json FaceReader::provenance() const {
  const auto module = [&](const char* name) -> nlohmann::ordered_json {
    const auto found = bundle_->manifest().modules.find(name);
    if (found == bundle_->manifest().modules.end()) return nullptr;
    return bundle_->label() + " " + name + " " + found->second.file.sha256.substr(0, kShownHash);
  };
  nlohmann::ordered_json names;
  names["au"] = tables_.empty() ? module("au_estimator") : nlohmann::ordered_json("table " + tables_.source());
  names["identity"] = module("identity");
  names["pose"] = module("head_pose");
  names["face_mask"] = module("face_parser");
  return names;
}

}  // namespace magicface::app
