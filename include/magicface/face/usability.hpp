// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <opencv2/core/types.hpp>
#include <optional>
#include <string>
#include <vector>

#include "magicface/face/detector.hpp"
#include "magicface/face/parts.hpp"

namespace magicface::face {

/// Below this width of a face's box, in pixels, a crop would be mostly invented.
inline constexpr float kSmallestFace = 32;

/// What stands against editing a face. Every sentence names the face, the detector's score and a remedy.
struct Usability {
  std::optional<std::string> problem;  ///< it can't be edited: too small, or mostly outside the picture
  std::vector<std::string> warnings;   ///< it can: small, cut off, covered, turned away, hardly recognised
};

/// @param number      of the face, from 1, for the sentences
/// @param model_width width in pixels at which the model sees a face's box
/// @param parts       what a parser sees of it, where there is one
Usability usability_of(const Face& face, std::size_t number, cv::Size picture, double model_width,
                       const std::optional<FaceParts>& parts = std::nullopt);

}  // namespace magicface::face
