// SPDX-License-Identifier: Apache-2.0
// With prepared_convolution.cpp the only sources that include TorchScript.
#include "magicface/models/network.hpp"

#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/script.h>

#include <algorithm>
#include <optional>

#include "magicface/core/error.hpp"
#include "magicface/core/out_of_memory.hpp"
#include "magicface/models/allocation.hpp"
#include "prepared_convolution.hpp"
#include "recorded_calls.hpp"

namespace magicface::models {

struct Network::Module {
  torch::jit::Module script;
  std::optional<RecordedCalls> recorded;
};

namespace {

/// The profiling executor recompiles a module in its first runs, which costs a cold job more than it ever gains here,
/// and may fuse differently from run to run. Plain interpretation of the saved graph is fast and repeats its bytes.
void use_plain_executor() {
  static const bool done = [] {
    torch::jit::setGraphExecutorOptimize(false);
    return true;
  }();
  static_cast<void>(done);
}

std::string first_line(const std::string& text) {
  const auto begin = std::min(text.find_first_not_of('\n'), text.size());
  return text.substr(begin, text.find('\n', begin) - begin);
}

/// The compiler of TorchScript has exceptions of its own, and begins them with an empty line.
std::string told_by(const std::exception& failure) {
  const auto* error = dynamic_cast<const c10::Error*>(&failure);
  return first_line(error != nullptr ? error->what_without_backtrace() : failure.what());
}

/// TorchScript wraps the cause of a failure in a listing of its own source: the last line that says something is it.
std::string cause_of(const std::string& text) {
  static constexpr std::string_view kMark = "RuntimeError: ";
  const auto at = text.rfind(kMark);
  return first_line(at == std::string::npos ? text : text.substr(at + kMark.size()));
}

/// `Module::to(dtype)` would cast integer buffers too (docs/bundle.md), so floating tensors are cast one by one.
/// Convolutions take channels-last weights: their kernels are faster so, and maps become tokens without a copy.
void place(torch::jit::Module& module, const Placement& placement) {
  const auto cast = [&](const at::Tensor& tensor) {
    const auto dtype = tensor.is_floating_point() ? placement.dtype : tensor.scalar_type();
    const auto layout = tensor.dim() == 4 ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Preserve;
    tensor.set_data(tensor.to(placement.device, dtype, false, false, layout));
  };
  for (const auto& parameter : module.parameters()) cast(parameter);
  for (const auto& buffer : module.buffers()) cast(buffer);
  prepare_convolutions(module, placement.roomy);
}

torch::jit::IValue to_ivalue(const Value& value) {
  if (const auto* tensor = std::get_if<at::Tensor>(&value)) return *tensor;
  return c10::List<at::Tensor>(std::get<std::vector<at::Tensor>>(value));
}

}  // namespace

Network::Network(std::string name, const std::filesystem::path& file, const Placement& placement)
    : name_(std::move(name)), placement_(placement), module_(std::make_unique<Module>()) {
  use_plain_executor();
  try {
    const c10::InferenceMode inference;
    const WholeBlocks blocks;
    module_->script = torch::jit::load(file.string(), at::kCPU);
    module_->script.eval();
    place(module_->script, placement);
    if (placement.recorded) module_->recorded.emplace([device = placement.device] { return make_recording(device); });
  } catch (const Error&) {
    throw;
  } catch (const std::exception& failure) {
    if (says_out_of_memory(failure)) {
      throw std::runtime_error("module '" + name_ +
                               "': out of memory while it was loaded; give it more, or try --low-memory or --dtype "
                               "bfloat16");
    }
    throw BundleError("module '" + name_ + "' (" + file.string() +
                      "): not a TorchScript module that this LibTorch reads (" + told_by(failure) + ")");
  }
}

Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;
Network::~Network() = default;

namespace {

torch::jit::IValue run(const std::string& name, torch::jit::Module& module, const std::vector<Value>& inputs) {
  const c10::InferenceMode inference;
  std::vector<torch::jit::IValue> stack;
  stack.reserve(inputs.size());
  for (const auto& input : inputs) stack.push_back(to_ivalue(input));
  try {
    return module.forward(std::move(stack));
  } catch (const std::exception& failure) {
    throw std::runtime_error("module '" + name + "' failed: " + cause_of(failure.what()));
  }
}

}  // namespace

at::Tensor Network::tensor(const std::vector<Value>& inputs) const {
  const auto call = [this](const std::vector<Value>& given) {
    const auto result = run(name_, module_->script, given);
    if (!result.isTensor()) throw BundleError("module '" + name_ + "': expected one tensor, got " + result.tagKind());
    return result.toTensor();
  };
  return module_->recorded ? module_->recorded->run(inputs, call) : call(inputs);
}

std::vector<at::Tensor> Network::tensors(const std::vector<Value>& inputs) const {
  const auto result = run(name_, module_->script, inputs);
  if (!result.isTensorList()) {
    throw BundleError("module '" + name_ + "': expected a list of tensors, got " + result.tagKind());
  }
  return result.toTensorVector();
}

}  // namespace magicface::models
