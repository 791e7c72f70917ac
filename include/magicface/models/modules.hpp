// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "magicface/models/allocation.hpp"
#include "magicface/models/bundle.hpp"
#include "magicface/models/network.hpp"

/// Typed wrappers over the bundle's networks (docs/bundle.md). Images are RGB float32, NCHW, in [0,1]; h = H/factor,
/// w = W/factor; C latent channels, N action units. Every wrapper checks the shapes of its network with one tiny probe
/// when it is loaded and throws BundleError naming the module, expected and actual.
namespace magicface::models {

/// Keys and values of the portrait for every reference attention block: [B, tokens, channels], K then V per block.
using ReferenceFeatures = std::vector<at::Tensor>;

/// The diffusion model: VAE, ID encoder, Attribute Controller, denoiser (paper, section III).
class DiffusionModel {
 public:
  /// Loads and probes the modules.
  /// @param placement `recorded` is the denoiser's, which is called in every step; the others run once per batch.
  /// @param low_memory ID encoder and denoiser, by far the largest, are never in memory together, nor while the decoder
  ///   works, whose maps are the largest: each is read from its file when its turn comes, two readings for a batch.
  ///   Freed memory goes back to the system at once, and no network is laid out larger than it is: both cost time, too.
  /// @throws BundleError
  DiffusionModel(const Bundle& bundle, const Placement& placement, bool low_memory = false);

  /// Mode of the latent distribution, unscaled: image [B,3,H,W] -> [B,C,h,w] float32.
  at::Tensor encode(const at::Tensor& image) const;
  /// Latents of the sampler (scaled) [B,C,h,w] -> image [B,3,H,W] float32 in [0,1].
  at::Tensor decode(const at::Tensor& latents) const;
  /// Reference features of a portrait's latent, once per portrait.
  ReferenceFeatures reference(const at::Tensor& portrait_latent) const;
  /// Condition-image latent -> [B,C,h,w]; the identity without an Attribute Controller.
  at::Tensor attribute(const at::Tensor& condition_latent) const;
  /// Model output for x [B,C,h,w] at `timestep`, AU variation au [B,N]; reference of batch 1 or B. float32.
  at::Tensor predict(const at::Tensor& x, const at::Tensor& attribute, double timestep, const at::Tensor& au,
                     const ReferenceFeatures& reference) const;

  const Placement& placement() const { return placement_; }

 private:
  /// A network that may have to be read when its turn comes.
  struct OnCall {
    std::string module;
    std::filesystem::path file;  ///< verified once
    Placement placement;
    mutable std::optional<Network> network;
  };

  void probe() const;
  const Network& turn_of(const OnCall& wanted, const OnCall& other) const;
  void put_away(const OnCall& module) const;

  Manifest manifest_;
  Placement placement_, repeated_;  ///< the second of what is called again and again: speed is worth memory there
  bool low_memory_;
  std::unique_ptr<WholeBlocks> blocks_;  ///< with low_memory
  Network vae_encoder_, vae_decoder_;
  OnCall id_encoder_, denoiser_;
  std::optional<Network> attribute_controller_;
};

/// A network that reads one square face crop [B,3,S,S] and gives one tensor. Always float32 (docs/bundle.md).
class FaceNetwork {
 public:
  /// @param output shape of one item of the result; -1 fits any size.
  FaceNetwork(const Bundle& bundle, const std::string& module, const Placement& placement,
              std::vector<std::int64_t> output);
  int input_size() const { return input_size_; }
  /// Result on the CPU, float32. @throws BundleError when its shape isn't the declared one.
  at::Tensor run(const at::Tensor& crop) const;

 private:
  Network network_;
  int input_size_;
  std::vector<std::int64_t> output_;
};

}  // namespace magicface::models
