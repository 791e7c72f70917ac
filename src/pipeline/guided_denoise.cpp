// SPDX-License-Identifier: Apache-2.0
#include "guided_denoise.hpp"

#include <ATen/ATen.h>

#include "magicface/diffusion/guidance.hpp"

namespace magicface::pipeline {
namespace {

/// Rows of several portraits for both branches; what all rows share stays as it is.
models::ReferenceFeatures for_branches(const models::ReferenceFeatures& reference, bool guided) {
  if (!guided || reference.front().size(0) == 1) return reference;
  models::ReferenceFeatures both;
  for (const auto& tensor : reference) both.push_back(at::cat({tensor, tensor}));
  return both;
}

}  // namespace

diffusion::Denoise guided_denoise(const models::DiffusionModel& model, const at::Tensor& attribute,
                                  const models::ReferenceFeatures& reference, const at::Tensor& au, double guidance) {
  const auto count = au.size(0);
  const bool guided = guidance != 1 && au.count_nonzero().item<std::int64_t>() > 0;
  const auto both = (guided ? at::cat({au, at::zeros_like(au)}) : au).to(model.placement().device);
  const auto rows = attribute.expand({count, -1, -1, -1});
  const auto attributes = guided ? at::cat({rows, rows}) : rows;
  return [&model, features = for_branches(reference, guided), both, attributes, guided, guidance, count](
             const at::Tensor& x, double timestep) {
    const auto input = guided ? at::cat({x, x}) : x;
    const auto output = model.predict(input, attributes, timestep, both, features);
    return guided ? diffusion::guide(output.narrow(0, count, count), output.narrow(0, 0, count), guidance) : output;
  };
}

}  // namespace magicface::pipeline
