// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace magicface::models {

/// Where and how a network runs.
struct Placement {
  at::Device device = at::kCPU;
  at::ScalarType dtype = at::kFloat;  ///< of its weights
  bool roomy = false;                 ///< weights may take more memory to be faster
  bool recorded = false;              ///< calls of shapes seen before are replayed as CUDA graphs
};

/// What goes into and comes out of a network.
using Value = std::variant<at::Tensor, std::vector<at::Tensor>>;

/// The one wall around TorchScript: nothing above this class knows how a network is stored or run. Immutable after
/// loading; sharing one between jobs is safe as long as their calls don't overlap.
class Network {
 public:
  /// @param name the module's name in the manifest, for messages.
  /// @throws BundleError when the file isn't a TorchScript module.
  Network(std::string name, const std::filesystem::path& file, const Placement& placement);
  Network(Network&&) noexcept;
  Network& operator=(Network&&) noexcept;
  ~Network();

  const std::string& name() const { return name_; }
  const Placement& placement() const { return placement_; }

  /// @throws BundleError when the result isn't a tensor, std::runtime_error's text (one line) when the network fails.
  at::Tensor tensor(const std::vector<Value>& inputs) const;
  /// The same for networks that give a list of tensors.
  std::vector<at::Tensor> tensors(const std::vector<Value>& inputs) const;

 private:
  struct Module;
  std::string name_;
  Placement placement_;
  std::unique_ptr<Module> module_;
};

}  // namespace magicface::models
