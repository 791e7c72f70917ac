// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <optional>

#include "item_work.hpp"
#include "magicface/app/edit_job.hpp"
#include "magicface/models/manifest.hpp"
#include "references.hpp"

namespace magicface::app {

/// Gives the engine, loading it when it is first needed: a resumed run may need none.
using EngineSource = std::function<pipeline::Engine&()>;

/// Finds and encodes the faces of an item, and says which variation each edit is for them.
class ItemPreparation {
 public:
  /// `estimates`: whether anybody wants to read AU intensities before and after.
  ItemPreparation(const EditOptions& options, const models::Manifest& manifest, EngineSource engine, bool estimates)
      : options_(options), manifest_(manifest), engine_(std::move(engine)), estimates_(estimates) {}

  /// Turns the item's picture into ready faces. @throws ItemError and what the libraries throw
  void prepare(Work& work);
  /// AU intensities of a portrait's face in a picture of the portrait's size.
  Intensities estimate(const cv::Mat& rgb, const pipeline::Portrait& portrait) const;

 private:
  std::shared_ptr<const WorkItem> resolve(const WorkItem& item, const Intensities& before) const;

  const EditOptions& options_;
  const models::Manifest& manifest_;
  EngineSource engine_;
  bool estimates_;
  std::optional<References> references_;  ///< read with the first portrait
};

}  // namespace magicface::app
