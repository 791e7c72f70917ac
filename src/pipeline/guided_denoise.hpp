// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "magicface/diffusion/sample.hpp"
#include "magicface/models/modules.hpp"

namespace magicface::pipeline {

/// The guided model output for a batch of edits (classifier-free guidance on the AU variation; paper,
/// section III).
/// Exact savings: with scale 1 or all-zero variations the two branches are equal or unused, so one is enough.
/// @param attribute condition latents, [1,4,h,w] for edits of one portrait, else [B,4,h,w]
/// @param reference of batch 1 or B alike
/// @param au        variations [B,12], float32
/// `model` must outlive the result.
diffusion::Denoise guided_denoise(const models::DiffusionModel& model, const at::Tensor& attribute,
                                  const models::ReferenceFeatures& reference, const at::Tensor& au, double guidance);

}  // namespace magicface::pipeline
