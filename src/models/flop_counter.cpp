// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>
#include <ATen/record_function.h>

#include <algorithm>
#include <string_view>

#include "magicface/models/arithmetic.hpp"

namespace magicface::models {

struct FlopCounter::State {
  double flops = 0;
  int depth = 0;  ///< of counted calls: a linear layer calls a matrix product that must not count again
  at::CallbackHandle handle = 0;
};

namespace {

using Inputs = c10::ArrayRef<const c10::IValue>;

/// The counter that is at work on this thread; LibTorch's callbacks are plain functions.
thread_local FlopCounter::State* current = nullptr;

/// What a call costs: so much, and so much for each element of its result, which is known only after it.
struct Cost : at::ObserverContext {
  double fixed = 0, per_output = 0;
};

bool is_tensor(Inputs inputs, std::size_t index) {
  return index < inputs.size() && inputs[index].isTensor() && inputs[index].toTensor().defined();
}

/// A product whose factor `left` has the sum as its last dimension.
std::unique_ptr<Cost> product(Inputs inputs, std::size_t left) {
  auto cost = std::make_unique<Cost>();
  if (is_tensor(inputs, left)) cost->per_output = 2.0 * static_cast<double>(inputs[left].toTensor().size(-1));
  return cost;
}

/// (input, weight, ...); `transposed` at index 6 where there is one.
std::unique_ptr<Cost> convolution(Inputs inputs) {
  auto cost = std::make_unique<Cost>();
  if (!is_tensor(inputs, 0) || !is_tensor(inputs, 1)) return cost;
  const auto& weight = inputs[1].toTensor();
  // Winograd's weight [16, C, K]: 16 products for 4 results. Else [K, C, h, w].
  const double each = weight.dim() == 3
                          ? 8.0 * static_cast<double>(weight.size(1))
                          : 2.0 * static_cast<double>(weight.numel()) / static_cast<double>(weight.size(0));
  const bool transposed = inputs.size() > 6 && inputs[6].isBool() && inputs[6].toBool();
  if (transposed) {
    cost->fixed = each * static_cast<double>(inputs[0].toTensor().numel());
  } else {
    cost->per_output = each;
  }
  return cost;
}

/// (query, key, value, ...), tokens in the last dimension but one: the scores and their weighted sum.
std::unique_ptr<Cost> attention(Inputs inputs) {
  auto cost = std::make_unique<Cost>();
  if (!is_tensor(inputs, 0) || !is_tensor(inputs, 1) || inputs[1].toTensor().dim() < 2) return cost;
  const auto keys = static_cast<double>(inputs[1].toTensor().size(-2));
  cost->fixed = 2.0 * static_cast<double>(inputs[0].toTensor().numel()) * keys;
  cost->per_output = 2.0 * keys;
  return cost;
}

std::unique_ptr<Cost> cost_of(std::string_view name, Inputs inputs) {
  if (name == "aten::linear" || name == "aten::matmul" || name == "aten::mm" || name == "aten::bmm")
    return product(inputs, 0);
  if (name == "aten::addmm" || name == "aten::baddbmm") return product(inputs, 1);
  if (name == "aten::conv2d" || name == "aten::convolution" || name == "magicface::conv2d") return convolution(inputs);
  if (name == "aten::scaled_dot_product_attention") return attention(inputs);
  const bool own = name.starts_with("magicface::") && name.find("attention") != std::string_view::npos;
  if (own && is_tensor(inputs, 2)) return attention(inputs);
  return nullptr;
}

/// TorchScript hands over its whole stack: the arguments, or the results, are what lies on top.
Inputs top_of(Inputs stack, std::size_t count) { return stack.slice(stack.size() - std::min(stack.size(), count)); }

std::unique_ptr<at::ObserverContext> on_call(const at::RecordFunction& call) {
  if (current == nullptr) return nullptr;
  auto cost = cost_of(call.name(), top_of(call.inputs(), call.num_inputs()));
  if (cost && current->depth++ > 0) cost->fixed = cost->per_output = 0;
  return cost;
}

void on_return(const at::RecordFunction& call, at::ObserverContext* context) {
  if (current == nullptr || context == nullptr) return;
  --current->depth;
  const auto* cost = static_cast<const Cost*>(context);
  const auto outputs = top_of(Inputs(call.outputs().data(), call.outputs().size()), call.num_outputs());
  const bool known = !outputs.empty() && outputs[0].isTensor() && outputs[0].toTensor().defined();
  current->flops += cost->fixed + (known ? cost->per_output * static_cast<double>(outputs[0].toTensor().numel()) : 0);
}

}  // namespace

FlopCounter::FlopCounter() : state_(std::make_unique<State>()) {
  current = state_.get();
  state_->handle = at::addThreadLocalCallback(at::RecordFunctionCallback(&on_call, &on_return)
                                                  .needsInputs(true)
                                                  .needsOutputs(true)
                                                  .scopes({at::RecordScope::FUNCTION}));
}

FlopCounter::~FlopCounter() {
  at::removeCallback(state_->handle);
  current = nullptr;
}

double FlopCounter::flops() const { return state_->flops; }

}  // namespace magicface::models
