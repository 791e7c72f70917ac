// SPDX-License-Identifier: Apache-2.0
#include "magicface/diffusion/noise.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/randn.h>

#include <stdexcept>

namespace magicface::diffusion {

NoiseSource::NoiseSource(std::uint64_t seed) : generator_(at::detail::createCPUGenerator(seed)) {}

at::Tensor NoiseSource::draw(at::IntArrayRef shape) {
  return at::randn(shape, generator_, at::TensorOptions().dtype(at::kFloat).device(at::kCPU));
}

BatchNoise::BatchNoise(const std::vector<std::uint64_t>& seeds) {
  if (seeds.empty()) throw std::logic_error("BatchNoise: expected at least one seed");
  for (const auto seed : seeds) sources_.emplace_back(seed);
}

at::Tensor BatchNoise::draw(at::IntArrayRef item_shape) {
  std::vector<at::Tensor> items;
  for (auto& source : sources_) items.push_back(source.draw(item_shape));
  return at::cat(items, 0);
}

}  // namespace magicface::diffusion
