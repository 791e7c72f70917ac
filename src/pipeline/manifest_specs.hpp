// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "magicface/diffusion/noise_schedule.hpp"
#include "magicface/face/condition.hpp"
#include "magicface/models/manifest.hpp"

/// Translates the manifest's plain sections into the specifications of the layers that use them. The layers beside
/// `models` don't know bundles, so the pipeline, which knows both, does the naming.
namespace magicface::pipeline {

diffusion::NoiseScheduleConfig noise_schedule_of(const models::ScheduleSection& section);

/// For pictures of another side than `image_size` the dilation scales in proportion.
face::ConditionSpec condition_spec_of(const models::ConditionSection& section, int image_size, int side);

}  // namespace magicface::pipeline
