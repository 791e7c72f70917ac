// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include <sstream>

#include "magicface/core/error.hpp"
#include "magicface/core/machine.hpp"
#include "magicface/core/out_of_memory.hpp"
#include "magicface/models/modules.hpp"

namespace magicface::models {
namespace {

std::string shape_text(at::IntArrayRef sizes) {
  std::ostringstream text;
  text << sizes;
  return text.str();
}

void expect_shape(const std::string& module, const at::Tensor& actual, at::IntArrayRef expected) {
  if (actual.sizes() != expected) {
    throw BundleError("module '" + module + "': expected a result of shape " + shape_text(expected) + ", got " +
                      shape_text(actual.sizes()) + "; the manifest and the module don't belong together");
  }
}

Network load(const Bundle& bundle, const std::string& module, const Placement& placement) {
  return {module, bundle.verified_file(module), placement};
}

/// Into the network's device, dtype and layout (maps: channels last, as its weights).
at::Tensor into(const at::Tensor& tensor, const Placement& placement) {
  const auto layout = tensor.dim() == 4 ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
  return tensor.to(placement.device, placement.dtype).contiguous(layout);
}

}  // namespace

DiffusionModel::DiffusionModel(const Bundle& bundle, const Placement& placement, bool low_memory)
    : manifest_(bundle.manifest()),
      placement_(placement),
      repeated_{placement.device, placement.dtype, !low_memory, false},
      low_memory_(low_memory),
      blocks_(low_memory ? std::make_unique<WholeBlocks>() : nullptr),
      vae_encoder_(load(bundle, "vae_encoder", repeated_)),
      vae_decoder_(load(bundle, "vae_decoder", repeated_)),
      id_encoder_{"id_encoder", bundle.verified_file("id_encoder"), {placement.device, placement.dtype}, {}},
      denoiser_{"denoiser",
                bundle.verified_file("denoiser"),
                {placement.device, placement.dtype, !low_memory, placement.recorded},
                {}} {
  if (bundle.has("attribute_controller")) {
    attribute_controller_.emplace(load(bundle, "attribute_controller", {placement.device, placement.dtype}));
  }
  try {
    probe();
  } catch (const BundleError&) {
    throw;
  } catch (const std::exception& failure) {
    if (says_out_of_memory(failure)) throw;  // which says nothing about the bundle
    throw BundleError(bundle.folder().string() + ": a probe with tiny tensors failed: " + failure.what());
  }
}

const Network& DiffusionModel::turn_of(const OnCall& wanted, const OnCall& other) const {
  if (!wanted.network) {
    put_away(other);
    wanted.network.emplace(wanted.module, wanted.file, wanted.placement);
  }
  return *wanted.network;
}

void DiffusionModel::put_away(const OnCall& module) const {
  if (!low_memory_ || !module.network) return;
  module.network.reset();
  give_freed_memory_back();  // what worked on it lay beside the weights
}

at::Tensor DiffusionModel::encode(const at::Tensor& image) const {
  return vae_encoder_.tensor({into(image, placement_)}).to(at::kFloat);
}

at::Tensor DiffusionModel::decode(const at::Tensor& latents) const {
  put_away(id_encoder_);
  put_away(denoiser_);
  const auto unscaled = latents / manifest_.latent.scaling_factor;
  return vae_decoder_.tensor({into(unscaled, placement_)}).to(at::kFloat);
}

ReferenceFeatures DiffusionModel::reference(const at::Tensor& portrait_latent) const {
  return turn_of(id_encoder_, denoiser_).tensors({into(portrait_latent, placement_)});
}

at::Tensor DiffusionModel::attribute(const at::Tensor& condition_latent) const {
  if (!attribute_controller_) return condition_latent;
  return attribute_controller_->tensor({into(condition_latent, placement_)}).to(at::kFloat);
}

at::Tensor DiffusionModel::predict(const at::Tensor& x, const at::Tensor& attribute, double timestep,
                                   const at::Tensor& au, const ReferenceFeatures& reference) const {
  // Timesteps stay float32 in every dtype: bfloat16 would turn 979 into 980.
  const auto t = at::full({x.size(0)}, timestep, at::TensorOptions().dtype(at::kFloat).device(placement_.device));
  return turn_of(denoiser_, id_encoder_)
      .tensor({into(x, placement_), into(attribute, placement_), t, into(au, placement_), reference})
      .to(at::kFloat);
}

void DiffusionModel::probe() const {
  const c10::InferenceMode inference;
  const auto& latent = manifest_.latent;
  const std::int64_t side = manifest_.size_multiple, cells = side / latent.factor;
  const auto condition_side =
      static_cast<std::int64_t>(static_cast<double>(side) * manifest_.attribute_controller_scale);
  const auto image = at::full({1, 3, side, side}, 0.5);
  const std::vector<std::int64_t> latent_shape{1, latent.channels, cells, cells};

  const auto portrait = encode(image);
  expect_shape("vae_encoder", portrait, latent_shape);
  const auto attribute_latent = attribute(encode(at::full({1, 3, condition_side, condition_side}, 0.5)));
  expect_shape(attribute_controller_ ? "attribute_controller" : "vae_encoder", attribute_latent, latent_shape);
  const auto features = reference(portrait);
  if (features.empty() || features.size() % 2 != 0) {
    throw BundleError("module 'id_encoder': expected keys and values in pairs, got " + std::to_string(features.size()) +
                      " tensors");
  }
  // Batch 2 against a reference of batch 1: what guidance does.
  const auto au = at::zeros({2, static_cast<std::int64_t>(manifest_.au.names.size())});
  const auto prediction = predict(at::zeros({2, latent.channels, cells, cells}),
                                  attribute_latent.expand({2, -1, -1, -1}), 1.0, au, features);
  expect_shape("denoiser", prediction, {2, latent.channels, cells, cells});
  expect_shape("vae_decoder", decode(at::zeros(latent_shape)), {1, 3, side, side});
}

FaceNetwork::FaceNetwork(const Bundle& bundle, const std::string& module, const Placement& placement,
                         std::vector<std::int64_t> output)
    : network_(module, bundle.verified_file(module), Placement{placement.device, at::kFloat}),
      input_size_(bundle.manifest().modules.at(module).input_size),
      output_(std::move(output)) {
  if (input_size_ <= 0) throw BundleError("module '" + module + "': expected an input_size in the manifest, got none");
  try {
    run(at::full({1, 3, input_size_, input_size_}, 0.5));
  } catch (const BundleError&) {
    throw;
  } catch (const std::exception& failure) {
    if (says_out_of_memory(failure)) throw;
    throw BundleError(bundle.folder().string() + ": a probe failed: " + failure.what());
  }
}

at::Tensor FaceNetwork::run(const at::Tensor& crop) const {
  auto result = network_.tensor({into(crop, network_.placement())}).to(at::kCPU, at::kFloat).contiguous();
  std::vector<std::int64_t> expected{crop.size(0)};
  for (std::size_t i = 0; i < output_.size(); ++i) {
    const auto axis = static_cast<std::int64_t>(i) + 1;
    expected.push_back(output_[i] >= 0 || axis >= result.dim() ? output_[i] : result.size(axis));
  }
  expect_shape(network_.name(), result, expected);
  return result;
}

}  // namespace magicface::models
