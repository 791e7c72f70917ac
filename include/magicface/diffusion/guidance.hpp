// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

namespace magicface::diffusion {

/// Classifier-free guidance (Ho & Salimans 2022, eq. 6, with w = s - 1): eps_0 + s (eps_AU - eps_0).
/// Both of one shape, e.g. (n,4,h,w); s = 1 is the conditional output, larger s exaggerates the edit. It is linear, so
/// it serves v and x_0 predictions as well. Arguments stay unchanged.
at::Tensor guide(const at::Tensor& unconditional, const at::Tensor& conditional, double guidance_scale);

}  // namespace magicface::diffusion
