// SPDX-License-Identifier: Apache-2.0
#include "guided_denoise.hpp"

#include <ATen/ATen.h>

#include "magicface/diffusion/guidance.hpp"

namespace magicface::pipeline {

diffusion::Denoise guided_denoise(const models::DiffusionModel& model, const at::Tensor& attribute,
                                  const models::ReferenceFeatures& reference, const at::Tensor& au, double guidance) {
  const auto count = au.size(0);
  const bool guided = guidance != 1 && au.count_nonzero().item<std::int64_t>() > 0;
  const auto both = (guided ? at::cat({au, at::zeros_like(au)}) : au).to(model.placement().device);
  const auto attributes = attribute.expand({both.size(0), -1, -1, -1});
  return [&model, &reference, both, attributes, guided, guidance, count](const at::Tensor& x, double timestep) {
    const auto input = guided ? at::cat({x, x}) : x;
    const auto output = model.predict(input, attributes, timestep, both, reference);
    return guided ? diffusion::guide(output.narrow(0, count, count), output.narrow(0, 0, count), guidance) : output;
  };
}

}  // namespace magicface::pipeline
