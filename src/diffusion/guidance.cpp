// SPDX-License-Identifier: Apache-2.0
#include "magicface/diffusion/guidance.hpp"

namespace magicface::diffusion {

at::Tensor guide(const at::Tensor& unconditional, const at::Tensor& conditional, double guidance_scale) {
  return conditional.sub(unconditional).mul_(guidance_scale).add_(unconditional);
}

}  // namespace magicface::diffusion
