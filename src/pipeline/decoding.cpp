// SPDX-License-Identifier: Apache-2.0
#include "decoding.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <optional>

#include "magicface/core/out_of_memory.hpp"

namespace magicface::pipeline {
namespace {

/// Below it a tile is all border, and the decoder's weights are most of what it needs.
constexpr std::int64_t kSmallestTile = 8;

/// Nothing when memory ran out.
std::optional<at::Tensor> try_decode(const Decode& decode, const at::Tensor& latents) {
  try {
    return decode(latents);
  } catch (const std::exception& problem) {
    if (!says_out_of_memory(problem)) throw;
  }
  return std::nullopt;
}

/// Where tiles of `tile` cells begin so that they cover `length` and overlap by half at least.
std::vector<std::int64_t> starts_of(std::int64_t length, std::int64_t tile) {
  std::vector<std::int64_t> starts;
  for (std::int64_t start = 0; start + tile < length; start += std::max<std::int64_t>(1, tile / 2))
    starts.push_back(start);
  starts.push_back(std::max<std::int64_t>(0, length - tile));
  return starts;
}

/// 1 in the middle, falling linearly to the ends that lie inside the picture.
at::Tensor ramp(std::int64_t start, std::int64_t pixels, std::int64_t length) {
  const auto from_start = at::arange(1, pixels + 1, at::kFloat);
  const auto from_end = from_start.flip(0);
  auto weight = at::full({pixels}, static_cast<float>(pixels));
  if (start > 0) weight = at::minimum(weight, from_start);
  if (start + pixels < length) weight = at::minimum(weight, from_end);
  return weight / static_cast<float>(pixels);
}

DecodedRow decode_row(const Decode& decode, const at::Tensor& latent) {
  if (const auto whole = try_decode(decode, latent)) return {(*whole)[0], false};
  // Large tiles come nearer to the whole, so they shrink slowly: 3/4 of the side, then 1/2, ...
  const auto side = std::max(latent.size(2), latent.size(3));
  for (auto tile = std::max(kSmallestTile, (3 * side + 3) / 4);; tile = std::max(kSmallestTile, 2 * tile / 3)) {
    try {
      return {decode_in_tiles(decode, latent, tile)[0], true};
    } catch (const std::exception& problem) {
      if (!says_out_of_memory(problem) || tile <= kSmallestTile) throw;
    }
  }
}

}  // namespace

at::Tensor decode_in_tiles(const Decode& decode, const at::Tensor& latent, std::int64_t tile) {
  const auto height = latent.size(2), width = latent.size(3);
  const auto tile_height = std::min(tile, height), tile_width = std::min(tile, width);
  at::Tensor sum, weights;
  for (const auto y : starts_of(height, tile_height)) {
    for (const auto x : starts_of(width, tile_width)) {
      const auto image = decode(latent.narrow(2, y, tile_height).narrow(3, x, tile_width)).to(at::kCPU, at::kFloat);
      const auto factor = image.size(2) / tile_height;
      if (!sum.defined()) {
        sum = at::zeros({1, image.size(1), height * factor, width * factor});
        weights = at::zeros({1, 1, height * factor, width * factor});
      }
      const auto weight = ramp(y * factor, tile_height * factor, height * factor).unsqueeze(1) *
                          ramp(x * factor, tile_width * factor, width * factor).unsqueeze(0);
      const auto place = [&](const at::Tensor& whole) {
        return whole.narrow(2, y * factor, tile_height * factor).narrow(3, x * factor, tile_width * factor);
      };
      place(sum).add_(image * weight);
      place(weights).add_(weight);
    }
  }
  return sum / weights;
}

std::vector<DecodedRow> decode_within_memory(const Decode& decode, const at::Tensor& latents) {
  std::vector<DecodedRow> rows;
  const auto count = latents.size(0);
  if (count > 1) {
    if (const auto images = try_decode(decode, latents)) {
      for (std::int64_t i = 0; i < count; ++i) rows.push_back({(*images)[i], false});
      return rows;
    }
  }
  for (std::int64_t i = 0; i < count; ++i) rows.push_back(decode_row(decode, latents.narrow(0, i, 1)));
  return rows;
}

std::vector<DecodedRow> decode_within_memory(const models::DiffusionModel& model, const at::Tensor& latents) {
  return decode_within_memory([&model](const at::Tensor& rows) { return model.decode(rows); }, latents);
}

}  // namespace magicface::pipeline
