// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <vector>

#include "edit_requests.hpp"
#include "magicface/image/picture.hpp"
#include "magicface/pipeline/engine.hpp"

namespace magicface::app {

/// The portraits whose expressions are copied, each read once.
class References {
 public:
  /// Reads the largest face of each. @throws UsageError naming the picture: it concerns every input
  References(const std::vector<std::filesystem::path>& portraits, const image::ReadLimits& limits,
             pipeline::FaceAnalyser& faces);

  /// Gives a request with `like` its targets; others stay as they are.
  void fill(EditRequest& request) const;

 private:
  std::map<std::filesystem::path, face::ActionUnits> intensities_;
};

}  // namespace magicface::app
