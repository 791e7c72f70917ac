// SPDX-License-Identifier: Apache-2.0
#include "prepared_convolution.hpp"

#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/jit/passes/subgraph_rewrite.h>
#include <torch/script.h>

#include <optional>
#include <unordered_map>
#include <vector>

#include "magicface/models/compute.hpp"
#include "winograd.hpp"

namespace magicface::models {
namespace {

/// Below it the gain is too small to see, and preparing would only delay the start.
constexpr std::size_t kLargeWeight = 1 << 20;  // bytes

using Pointwise = at::Tensor(const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&, at::IntArrayRef,
                             at::IntArrayRef, at::IntArrayRef, std::int64_t, std::string_view,
                             c10::List<std::optional<at::Scalar>>, std::optional<std::string_view>);

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

bool is_winograd(const at::Tensor& weight) { return weight.dim() == 3; }

/// aten::conv2d, which refuses prepared weights, and what takes them.
at::Tensor conv2d(const at::Tensor& input, const at::Tensor& weight, const std::optional<at::Tensor>& bias,
                  at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation, std::int64_t groups) {
  if (is_winograd(weight)) return winograd_convolution(input, weight, bias.value_or(at::Tensor()));
  if (!weight.is_mkldnn()) return at::conv2d(input, weight, bias, stride, padding, dilation, groups);
  const c10::List<std::optional<at::Scalar>> no_scalars;
  return packed_operator()->call(input, weight, bias, padding, stride, dilation, groups, "none", no_scalars,
                                 std::nullopt);
}

TORCH_LIBRARY(magicface, library) {
  library.def(
      "conv2d(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] dilation, int groups) -> "
      "Tensor",
      conv2d);
}

/// Lets the layer's own code call the operator above.
void replace_calls(const torch::jit::Module& layer) {
  static constexpr const char* kParameters = "graph(%input, %weight, %bias, %stride, %padding, %dilation, %groups):\n";
  static constexpr const char* kCall =
      "::conv2d(%input, %weight, %bias, %stride, %padding, %dilation, %groups)\n  return (%result)";
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

/// 1 x 1 kernels are left alone: how oneDNN wants them depends on the map's size, and a wrong guess is laid out anew in
/// every call by a plain loop (1280 channels on 16 x 16: 90 instead of 10 ms).
bool is_worthwhile(const at::Tensor& weight) {
  return weight.dim() == 4 && weight.size(2) * weight.size(3) > 1 && weight.nbytes() >= kLargeWeight &&
         weight.is_cpu() && kernels_take(weight.scalar_type());
}

/// How a layer slides over its input.
struct Geometry {
  std::vector<std::int64_t> stride, padding, dilation;
  std::int64_t groups = 0;

  bool is_plain() const {
    const std::vector<std::int64_t> ones{1, 1};
    return stride == ones && padding == ones && dilation == ones && groups == 1;
  }
};

/// A list that stands in the code itself; else it throws.
std::vector<std::int64_t> integers(const torch::jit::Value* list) {
  if (const auto known = torch::jit::toIValue(list)) return known->toIntVector();
  std::vector<std::int64_t> result;
  for (const auto* item : list->node()->inputs()) result.push_back(torch::jit::toIValue(item).value().toInt());
  return result;
}

/// Of a layer's one call. Only its code tells it: a saved layer has no attributes for it. None where the code works it
/// out.
std::optional<Geometry> geometry_of(const torch::jit::Module& layer) {
  for (const auto& method : layer.get_methods()) {
    for (const auto* node : method.graph()->nodes()) {
      if (node->kind() != torch::jit::aten::conv2d) continue;
      try {
        const auto groups = torch::jit::toIValue(node->input(6)).value().toInt();
        return Geometry{integers(node->input(3)), integers(node->input(4)), integers(node->input(5)), groups};
      } catch (const std::exception&) {
        return std::nullopt;
      }
    }
  }
  return std::nullopt;
}

bool takes_winograd(const at::Tensor& weight) {
  return weight.scalar_type() == at::kFloat && weight.size(0) % kWinogradLanes == 0 &&
         weight.size(1) % kWinogradLanes == 0 && weight.size(2) == 3 && weight.size(3) == 3;
}

}  // namespace

void prepare_convolutions(torch::jit::Module& module, bool roomy) {
  std::unordered_map<const c10::Type*, std::optional<Geometry>> kinds;  // layers of one kind share their code
  for (auto layer : module.modules()) {
    if (!is_convolution(layer)) continue;
    const auto weight = layer.attr("weight").toTensor();
    if (!is_worthwhile(weight)) continue;
    const auto [kind, is_new] = kinds.try_emplace(layer.type().get());
    auto& geometry = kind->second;
    if (is_new && (geometry = geometry_of(layer))) replace_calls(layer);
    if (!geometry) continue;
    if (roomy && geometry->is_plain() && takes_winograd(weight)) {
      layer.setattr("weight", winograd_weight(weight));
    } else if (packed_operator()) {
      layer.setattr("weight", at::mkldnn_reorder_conv2d_weight(weight.to_mkldnn(), geometry->padding, geometry->stride,
                                                               geometry->dilation, geometry->groups));
    }
  }
}

}  // namespace magicface::models
