// SPDX-License-Identifier: Apache-2.0
#include "winograd.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <vector>

namespace magicface::models {
namespace {

constexpr std::int64_t kLanes = kWinogradLanes;
constexpr std::int64_t kPatch = 4, kTile = 2;      // side of what a tile reads, and of what it gives
constexpr std::int64_t kPlanes = kPatch * kPatch;  // matrix products
constexpr std::int64_t kTilesTogether = 8;         // of one thread
/// Tiles are worked on in portions whose transformed maps stay in the cache, large enough for the matrix products.
constexpr std::int64_t kPortionBytes = 8 << 20, kSmallestPortion = 128;

/// Where the tiles of a map [B, H, W] lie: in rows of `columns`, `rows` of them in a picture.
struct Tiling {
  std::int64_t pictures, height, width;
  std::int64_t rows = (height + 1) / kTile, columns = (width + 1) / kTile;

  std::int64_t count() const { return pictures * rows * columns; }
};

/// Calls visit(offset of the pixel in pixels, or -1 outside the map, index) for the side x side pixels from (dy, dx) of
/// the tile's corner.
template <std::int64_t side, class Visit>
void for_pixels(const Tiling& tiling, std::int64_t tile, std::int64_t from_corner, const Visit& visit) {
  const auto picture = tile / (tiling.rows * tiling.columns);
  const auto top = tile / tiling.columns % tiling.rows * kTile + from_corner,
             left = tile % tiling.columns * kTile + from_corner;
  for (std::int64_t k = 0; k < side * side; ++k) {
    const auto y = top + k / side, x = left + k % side;
    const bool inside = y >= 0 && y < tiling.height && x >= 0 && x < tiling.width;
    visit(inside ? (picture * tiling.height + y) * tiling.width + x : -1, k);
  }
}

/// B^T d B of one patch for all channels: d has a pointer to each pixel's channels, `planes` of `out` lie `plane`
/// apart.
void transform_patch(const std::array<const float*, kPlanes>& patch, float* out, std::int64_t plane,
                     std::int64_t channels) {
  for (std::int64_t c = 0; c < channels; c += kLanes, out += kLanes) {
    float a[kPatch][kPatch][kLanes];
    for (std::int64_t y = 0; y < kPatch; ++y) {
      const float *d0 = patch[kPatch * y] + c, *d1 = patch[kPatch * y + 1] + c, *d2 = patch[kPatch * y + 2] + c,
                  *d3 = patch[kPatch * y + 3] + c;
      for (std::int64_t i = 0; i < kLanes; ++i) {
        a[y][0][i] = d0[i] - d2[i];
        a[y][1][i] = d1[i] + d2[i];
        a[y][2][i] = d2[i] - d1[i];
        a[y][3][i] = d1[i] - d3[i];
      }
    }
    for (std::int64_t x = 0; x < kPatch; ++x) {
      for (std::int64_t i = 0; i < kLanes; ++i) {
        const float d0 = a[0][x][i], d1 = a[1][x][i], d2 = a[2][x][i], d3 = a[3][x][i];
        out[x * plane + i] = d0 - d2;
        out[(4 + x) * plane + i] = d1 + d2;
        out[(8 + x) * plane + i] = d2 - d1;
        out[(12 + x) * plane + i] = d1 - d3;
      }
    }
  }
}

/// A^T m A of one tile for all channels, and the bias.
void transform_product(const float* product, std::int64_t plane, const float* bias,
                       const std::array<float*, kTile * kTile>& tile, std::int64_t channels) {
  for (std::int64_t k = 0; k < channels; k += kLanes, product += kLanes) {
    float a[kTile][kPatch][kLanes];
    for (std::int64_t x = 0; x < kPatch; ++x) {
      for (std::int64_t i = 0; i < kLanes; ++i) {
        const float m0 = product[x * plane + i], m1 = product[(4 + x) * plane + i], m2 = product[(8 + x) * plane + i],
                    m3 = product[(12 + x) * plane + i];
        a[0][x][i] = m0 + m1 + m2;
        a[1][x][i] = m1 - m2 - m3;
      }
    }
    for (std::int64_t y = 0; y < kTile; ++y) {
      for (std::int64_t i = 0; i < kLanes; ++i) {
        tile[kTile * y][k + i] = a[y][0][i] + a[y][1][i] + a[y][2][i] + bias[k + i];
        tile[kTile * y + 1][k + i] = a[y][1][i] - a[y][2][i] - a[y][3][i] + bias[k + i];
      }
    }
  }
}

}  // namespace

at::Tensor winograd_weight(const at::Tensor& weight) {
  // The outer product of G with itself: [16, 9].
  const auto side = at::tensor({1.0, 0.0, 0.0, 0.5, 0.5, 0.5, 0.5, -0.5, 0.5, 0.0, 0.0, 1.0}).view({kPatch, 3});
  const auto both = at::kron(side, side).to(at::kFloat);
  const auto taps = weight.permute({2, 3, 1, 0}).reshape({9, -1});
  return at::mm(both, taps).view({kPlanes, weight.size(1), weight.size(0)});
}

at::Tensor winograd_convolution(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias) {
  const auto map = input.contiguous(at::MemoryFormat::ChannelsLast);
  const auto in = map.size(1), out = weight.size(2);
  const Tiling tiling{map.size(0), map.size(2), map.size(3)};
  auto result = at::empty({tiling.pictures, out, tiling.height, tiling.width},
                          map.options().memory_format(at::MemoryFormat::ChannelsLast));
  const auto added = bias.defined() ? bias.contiguous() : at::zeros({out}, map.options());

  const auto fitting = kPortionBytes / static_cast<std::int64_t>(sizeof(float)) / (kPlanes * (in + out));
  const auto portions = (tiling.count() - 1) / std::max(fitting, kSmallestPortion) + 1;
  const auto portion = (tiling.count() - 1) / portions + 1;
  const auto patches = at::empty({kPlanes, portion, in}, map.options());
  auto products = at::empty({kPlanes, portion, out}, map.options());
  const auto border = at::zeros({in}, map.options());

  for (std::int64_t first = 0; first < tiling.count(); first += portion) {
    const auto count = std::min(portion, tiling.count() - first);
    at::parallel_for(0, count, kTilesTogether, [&](std::int64_t begin, std::int64_t end) {
      const auto *pixels = map.const_data_ptr<float>(), *zeros = border.const_data_ptr<float>();
      std::array<const float*, kPlanes> patch;
      for (auto t = begin; t < end; ++t) {
        for_pixels<kPatch>(tiling, first + t, -1, [&](std::int64_t pixel, std::int64_t k) {
          patch[k] = pixel < 0 ? zeros : pixels + pixel * in;
        });
        transform_patch(patch, patches.mutable_data_ptr<float>() + t * in, portion * in, in);
      }
    });
    auto filled = products.narrow(1, 0, count);
    at::bmm_out(filled, patches.narrow(1, 0, count), weight);
    at::parallel_for(0, count, kTilesTogether, [&](std::int64_t begin, std::int64_t end) {
      std::vector<float> outside(static_cast<std::size_t>(out));  // takes what lies beyond an odd side
      auto* pixels = result.mutable_data_ptr<float>();
      std::array<float*, kTile * kTile> tile;
      for (auto t = begin; t < end; ++t) {
        for_pixels<kTile>(tiling, first + t, 0, [&](std::int64_t pixel, std::int64_t k) {
          tile[k] = pixel < 0 ? outside.data() : pixels + pixel * out;
        });
        transform_product(products.const_data_ptr<float>() + t * out, portion * out, added.const_data_ptr<float>(),
                          tile, out);
      }
    });
  }
  return result;
}

}  // namespace magicface::models
