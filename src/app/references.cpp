// SPDX-License-Identifier: Apache-2.0
#include "references.hpp"

#include "magicface/core/error.hpp"
#include "magicface/face/presets.hpp"

namespace magicface::app {

References::References(const std::vector<std::filesystem::path>& portraits, const image::ReadLimits& limits,
                       pipeline::FaceAnalyser& faces) {
  for (const auto& portrait : portraits) {
    try {
      const auto picture = image::read_picture(portrait, limits);
      intensities_[portrait] = faces.estimate_aus(picture.rgb, faces.choose(picture.rgb, {}).front().face);
    } catch (const ItemError& problem) {
      const std::string text = problem.what();
      throw UsageError("--like " + (text.starts_with(portrait.string()) ? text : portrait.string() + ": " + text));
    }
  }
}

void References::fill(EditRequest& request) const {
  if (!request.like) return;
  request.asked =
      face::like_request(intensities_.at(*request.like), request.asked.strength, request.like->stem().string());
}

}  // namespace magicface::app
