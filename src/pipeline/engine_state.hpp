// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "magicface/models/modules.hpp"
#include "magicface/pipeline/engine.hpp"

namespace magicface::pipeline {

struct Engine::State {
  std::shared_ptr<const models::Bundle> bundle;
  ComputeOptions compute;
  models::DiffusionModel model;
  FaceAnalyser faces;
  OnStage on_stage{};  ///< empty: nobody measures
};

}  // namespace magicface::pipeline
