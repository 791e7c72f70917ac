// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

namespace magicface::models {

/// Winograd's minimal filtering F(2 x 2, 3 x 3) (Lavin and Gray, arXiv 1509.09308): 3 x 3 convolutions of stride 1 and
/// padding 1 with 16 instead of 36 multiplications per 2 x 2 results, as 16 matrix products. Equal to the plain
/// convolution up to rounding, which is of the same size. The weights take 16 / 9 of the memory.

/// Channels of both sides must be a multiple of this.
inline constexpr std::int64_t kWinogradLanes = 16;

/// @param weight [K, C, 3, 3], float32 on the CPU.
/// @return [16, C, K].
at::Tensor winograd_weight(const at::Tensor& weight);

/// @param input [B, C, H, W], float32 on the CPU, fastest when channels last.
/// @param weight of winograd_weight.
/// @param bias [K] or undefined.
/// @return [B, K, H, W], channels last.
at::Tensor winograd_convolution(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias);

}  // namespace magicface::models
