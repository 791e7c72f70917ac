// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/ATen.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace magicface::diffusion::testing {

/// Arrays written by scripts/convert_sampler_reference.py, by name.
class Reference {
 public:
  /// `name` is "epsilon" or "v_prediction".
  explicit Reference(const std::string& name);
  bool contains(const std::string& array) const { return index_.contains(array); }
  /// float64, with its stored shape; throws without such an array.
  at::Tensor get(const std::string& array) const;
  /// Every N for which arrays "<sampler>_N_timesteps" are stored.
  std::vector<int> step_counts(const std::string& sampler) const;

 private:
  nlohmann::json index_;
  std::vector<float> values_;
};

}  // namespace magicface::diffusion::testing
