// SPDX-License-Identifier: Apache-2.0
#include "estimate_table.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <numbers>

#include "magicface/core/csv.hpp"
#include "magicface/core/rounding.hpp"
#include "magicface/core/text.hpp"
#include "openface_pose.hpp"
#include "record_file.hpp"

namespace magicface::app {
namespace {

using Json = nlohmann::ordered_json;
constexpr int kLandmarks = 68;

std::string fixed3(double value) { return format_fixed(value, 3); }

}  // namespace

/// OpenFace writes radians with its own signs; LibreFace's columns are in degrees.
cv::Vec3d EstimateTable::angles_of(const cv::Vec3d& pose) const {
  return columns_ == face::AuColumns::openface ? openface_pose(pose) : pose * (180 / std::numbers::pi);
}

std::string EstimateTable::csv_header() const {
  std::vector<std::string> fields{"file", "face", "confidence", "box_x", "box_y", "box_width", "box_height"};
  for (const auto& name : names_) fields.push_back(face::au_column(name, columns_));
  const bool openface = columns_ == face::AuColumns::openface;
  for (const char* angle :
       openface ? std::array{"pose_Rx", "pose_Ry", "pose_Rz"} : std::array{"pitch", "yaw", "roll"}) {
    fields.emplace_back(angle);
  }
  for (const char* axis : {"x_", "y_"}) {
    for (int i = 0; landmarks_ && i < kLandmarks; ++i) fields.push_back(axis + std::to_string(i));
  }
  return format_csv_row(fields);
}

std::string EstimateTable::csv_row(const FaceEstimate& estimate) const {
  std::vector<std::string> fields{estimate.file.string(), std::to_string(estimate.number), fixed3(estimate.face.score)};
  const auto& box = estimate.face.box;
  for (const float side : {box.x, box.y, box.width, box.height}) fields.push_back(fixed3(side));
  for (const double value : estimate.intensities) fields.push_back(fixed3(value));
  for (int i = 0; i < 3; ++i) fields.push_back(estimate.pose ? fixed3(angles_of(*estimate.pose)[i]) : "");
  if (landmarks_) {
    for (const auto& point : estimate.landmarks) fields.push_back(fixed3(point.x));
    for (const auto& point : estimate.landmarks) fields.push_back(fixed3(point.y));
  }
  return format_csv_row(fields);
}

std::string EstimateTable::json(const FaceEstimate& estimate) const {
  const auto& box = estimate.face.box;
  Json object{
      {"file", estimate.file.string()}, {"face", estimate.number}, {"confidence", rounded(estimate.face.score, 3)}};
  object["box"] = {rounded(box.x, 3), rounded(box.y, 3), rounded(box.width, 3), rounded(box.height, 3)};
  Json values = Json::object();
  for (std::size_t i = 0; i < names_.size(); ++i) values[names_[i]] = rounded(estimate.intensities[i], 3);
  object["au"] = values;
  object["pose"] = nullptr;
  if (const auto& pose = estimate.pose)
    object["pose"] = {{"pitch", (*pose)[0]}, {"yaw", (*pose)[1]}, {"roll", (*pose)[2]}};
  object["landmarks"] = nullptr;
  if (landmarks_) {
    Json points = Json::array();
    for (const auto& point : estimate.landmarks) points.push_back({rounded(point.x, 3), rounded(point.y, 3)});
    object["landmarks"] = points;
  }
  return shown(object);
}

}  // namespace magicface::app
