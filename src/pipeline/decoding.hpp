// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

#include "magicface/models/modules.hpp"

namespace magicface::pipeline {

/// A decoded row of a batch.
struct DecodedRow {
  at::Tensor image;    ///< [3,H,W] float32 in [0,1]
  bool tiled = false;  ///< made of tiles: near what the decoder makes of the whole, not equal (docs/batch.md)
};

inline constexpr const char* kTiledWarning =
    "memory ran out, so the picture was decoded in tiles: light and tint may differ a little; try a smaller picture, "
    "--dtype "
    "bfloat16 or another --device";

/// Latents [B,4,h,w] -> images [B,3,H,W], as `DiffusionModel::decode`; throws when memory runs out.
using Decode = std::function<at::Tensor(const at::Tensor& latents)>;

/// Decodes all rows at once; when memory runs out, row by row, and a row that still doesn't fit in tiles, which shrink
/// until they do. @throws what `decode` throws, when the smallest tile doesn't fit or something else is wrong
std::vector<DecodedRow> decode_within_memory(const Decode& decode, const at::Tensor& latents);
std::vector<DecodedRow> decode_within_memory(const models::DiffusionModel& model, const at::Tensor& latents);

/// One row [1,4,h,w] -> [1,3,H,W] on the CPU from square tiles of `tile` cells that overlap by half and are blended
/// linearly.
at::Tensor decode_in_tiles(const Decode& decode, const at::Tensor& latent, std::int64_t tile);

}  // namespace magicface::pipeline
