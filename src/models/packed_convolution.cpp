// SPDX-License-Identifier: Apache-2.0
#include "packed_convolution.hpp"

#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/jit/passes/subgraph_rewrite.h>
#include <torch/script.h>

#include <unordered_set>

#include "magicface/models/compute.hpp"

namespace magicface::models {
namespace {

/// Below it the gain is too small to see, and packing would only delay the start.
constexpr std::size_t kLargeWeight = 1 << 20;  // bytes

using Pointwise = at::Tensor(const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&, at::IntArrayRef, at::IntArrayRef,
                             at::IntArrayRef, std::int64_t, std::string_view, c10::List<std::optional<at::Scalar>>,
                             std::optional<std::string_view>);

using Operator = std::optional<c10::TypedOperatorHandle<Pointwise>>;

/// LibTorch's convolution that takes packed weights beside plain maps; none where it was built without oneDNN.
const Operator& packed_operator() {
  static const auto found = []() -> Operator {
    const auto handle = c10::Dispatcher::singleton().findSchema({"mkldnn::_convolution_pointwise", ""});
    if (!handle || !at::hasMKLDNN()) return std::nullopt;
    return handle->typed<Pointwise>();
  }();
  return found;
}

/// aten::conv2d, which refuses packed weights, and the operator that takes them.
at::Tensor conv2d(const at::Tensor& input, const at::Tensor& weight, const std::optional<at::Tensor>& bias, at::IntArrayRef stride,
                  at::IntArrayRef padding, at::IntArrayRef dilation, std::int64_t groups) {
  if (!weight.is_mkldnn()) return at::conv2d(input, weight, bias, stride, padding, dilation, groups);
  const c10::List<std::optional<at::Scalar>> no_scalars;
  return packed_operator()->call(input, weight, bias, padding, stride, dilation, groups, "none", no_scalars, std::nullopt);
}

TORCH_LIBRARY(magicface, library) {
  library.def("conv2d(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] dilation, int groups) -> Tensor",
              conv2d);
}

/// Lets the layer's own code call the operator above.
void replace_calls(const torch::jit::Module& layer) {
  static constexpr const char* kParameters = "graph(%input, %weight, %bias, %stride, %padding, %dilation, %groups):\n";
  static constexpr const char* kCall = "::conv2d(%input, %weight, %bias, %stride, %padding, %dilation, %groups)\n  return (%result)";
  torch::jit::SubgraphRewriter rewriter;
  rewriter.RegisterRewritePattern(std::string(kParameters) + "  %result = aten" + kCall,
                                  std::string(kParameters) + "  %result = magicface" + kCall);
  rewriter.runOnModule(layer);
}

bool kernels_take(at::ScalarType dtype) { return dtype == at::kFloat || (dtype == at::kBFloat16 && has_bfloat16()); }

bool is_convolution(const torch::jit::Module& layer) {
  const auto name = layer.type()->name();
  return name && name->name() == "Conv2d" && layer.hasattr("weight");
}

}  // namespace

void pack_convolutions(torch::jit::Module& module) {
  if (!packed_operator()) return;
  std::unordered_set<const c10::Type*> rewritten;  // layers of one kind share their code
  for (auto layer : module.modules()) {
    if (!is_convolution(layer)) continue;
    const auto weight = layer.attr("weight").toTensor();
    if (weight.dim() != 4 || weight.nbytes() < kLargeWeight || !weight.is_cpu() || !kernels_take(weight.scalar_type())) continue;
    if (rewritten.insert(layer.type().get()).second) replace_calls(layer);
    layer.setattr("weight", at::mkldnn_reorder_conv2d_weight(weight.to_mkldnn(), 0, 1, 1, 1));
  }
}

}  // namespace magicface::models
