// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "magicface/diffusion/sample.hpp"
#include "magicface/models/modules.hpp"

namespace magicface::pipeline {

/// The guided model output for a batch of edits of one portrait (classifier-free guidance on the AU variation; paper,
/// section III).
/// Exact savings: with scale 1 or all-zero variations the two branches are equal or unused, so one is enough.
/// @param attribute condition latent, [1,4,h,w]
/// @param reference of batch 1; model, attribute and reference must outlive the result
/// @param au        variations [B,12], float32
diffusion::Denoise guided_denoise(const models::DiffusionModel& model, const at::Tensor& attribute,
                                  const models::ReferenceFeatures& reference, const at::Tensor& au, double guidance);

}  // namespace magicface::pipeline
