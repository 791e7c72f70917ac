// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <vector>

#include "eval_tables.hpp"
#include "magicface/models/bundle.hpp"
#include "magicface/pipeline/engine.hpp"

namespace magicface::app {

/// What the estimators say about the face of a picture.
struct FaceReading {
  cv::Mat rgb;
  std::optional<face::Face> face;             ///< none was found: the rest is what tables say
  std::optional<std::vector<double>> au;      ///< 0 to 5, in the bundle's order
  std::vector<double> identity;               ///< empty: no such module
  std::optional<std::array<double, 3>> pose;  ///< radians
  std::vector<std::string> problems{};        ///< no face, tables without a row for the picture; the rest is measured
};

/// What is said of a source in which a face is needed and none is found.
std::string no_face_in_source(const std::filesystem::path& picture);

/// Reads pictures with a bundle's networks; tables may say action units, identity and pose instead.
class FaceReader {
 public:
  FaceReader(std::shared_ptr<const models::Bundle> bundle, const pipeline::ComputeOptions& compute, EvalTables tables);

  /// @param face as --face spells it; with "all", those that `edit` would edit, from left to right, else one. Where
  /// none is found, one reading without it. @throws ItemError: unreadable, no such face among others.
  std::vector<FaceReading> read_source(const std::filesystem::path& picture, const std::string& face);
  /// The face where the source's is: the one whose box overlaps most when both pictures are seen at one size, and the
  /// largest where none does (a method's picture may be a crop). @throws ItemError: unreadable.
  FaceReading read_edited(const std::filesystem::path& picture, const FaceReading& source);
  /// Whether the bundle can tell where a face is.
  bool has_parser() const;
  /// The source's faces, 255, by the bundle's parser; empty when the bundle can't tell.
  cv::Mat face_mask(const std::vector<FaceReading>& source);

  /// Which estimator produced what: {"au": "demo@1 au_estimator 63107bed", ...}; null where there is none.
  nlohmann::ordered_json provenance() const;

 private:
  bool needs_face() const;
  FaceReading read(const std::filesystem::path& picture, cv::Mat rgb, const std::optional<face::Face>& face);

  std::shared_ptr<const models::Bundle> bundle_;
  pipeline::FaceAnalyser faces_;
  EvalTables tables_;
};

}  // namespace magicface::app
