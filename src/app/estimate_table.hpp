// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <opencv2/core/matx.hpp>
#include <optional>
#include <string>
#include <vector>

#include "magicface/face/au_table.hpp"
#include "magicface/face/detector.hpp"

namespace magicface::app {

/// What `estimate` says about one face.
struct FaceEstimate {
  std::filesystem::path file;
  std::size_t number = 1;  ///< of the face in its picture, from left to right
  face::Face face;
  std::vector<double> intensities;     ///< in the bundle's order, 0 to 5
  std::optional<cv::Vec3d> pose;       ///< pitch, yaw, roll in radians
  std::vector<cv::Point2f> landmarks;  ///< 68, or none
};

/// The lines of a table, without newlines.
class EstimateTable {
 public:
  EstimateTable(std::vector<std::string> names, face::AuColumns columns, bool landmarks)
      : names_(std::move(names)), columns_(columns), landmarks_(landmarks) {}

  std::string csv_header() const;
  std::string csv_row(const FaceEstimate& estimate) const;
  std::string json(const FaceEstimate& estimate) const;

 private:
  cv::Vec3d angles_of(const cv::Vec3d& pose) const;

  std::vector<std::string> names_;
  face::AuColumns columns_;
  bool landmarks_;
};

}  // namespace magicface::app
