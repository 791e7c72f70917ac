// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

/// Seeded unit noise. An item's numbers depend on its seed and on what was drawn for it before, never on its batch, the
/// device or the number of threads: start noise is drawn first, then one draw per step that needs it.
namespace magicface::diffusion {

/// The numbers of `torch.randn(shape, generator=torch.Generator('cpu').manual_seed(seed))`, draw by draw.
/// PyTorch's CPU generator reads the lower 32 bits of a seed only: s and s + 2^32 give the same noise.
/// Moves only: a copy would share the generator's state.
class NoiseSource {
 public:
  explicit NoiseSource(std::uint64_t seed);
  ~NoiseSource() = default;
  NoiseSource(const NoiseSource&) = delete;
  NoiseSource& operator=(const NoiseSource&) = delete;
  NoiseSource(NoiseSource&&) = default;
  NoiseSource& operator=(NoiseSource&&) = default;
  /// float32 on the CPU, contiguous, e.g. (1,4,h,w).
  at::Tensor draw(at::IntArrayRef shape);

 private:
  at::Generator generator_;
};

/// One NoiseSource per item of a batch.
class BatchNoise {
 public:
  /// Throws std::logic_error without seeds.
  explicit BatchNoise(const std::vector<std::uint64_t>& seeds);
  std::size_t size() const { return sources_.size(); }
  /// One draw of `item_shape`, e.g. (1,4,h,w), per item, joined along dimension 0: (n,4,h,w), float32, CPU.
  at::Tensor draw(at::IntArrayRef item_shape);

 private:
  std::vector<NoiseSource> sources_;
};

}  // namespace magicface::diffusion
