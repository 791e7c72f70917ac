// SPDX-License-Identifier: Apache-2.0
#include "recorded_calls.hpp"

#include <ATen/ATen.h>
#include <ATen/record_function.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>

#include "magicface/core/log.hpp"
#include "magicface/core/out_of_memory.hpp"

namespace magicface::models {
namespace {

constexpr std::size_t kMostShapes = 4;

std::vector<at::Tensor> flat(const RecordedCalls::Inputs& inputs) {
  std::vector<at::Tensor> tensors;
  for (const auto& input : inputs) {
    if (const auto* list = std::get_if<std::vector<at::Tensor>>(&input)) {
      tensors.insert(tensors.end(), list->begin(), list->end());
    } else {
      tensors.push_back(std::get<at::Tensor>(input));
    }
  }
  return tensors;
}

/// The inputs as they were, with other tensors in their places.
RecordedCalls::Inputs shaped_like(const RecordedCalls::Inputs& inputs, const std::vector<at::Tensor>& tensors) {
  RecordedCalls::Inputs result;
  auto next = tensors.begin();
  for (const auto& input : inputs) {
    if (const auto* list = std::get_if<std::vector<at::Tensor>>(&input)) {
      const auto end = next + static_cast<std::ptrdiff_t>(list->size());
      result.emplace_back(std::vector<at::Tensor>(next, end));
      next = end;
    } else {
      result.emplace_back(*next++);
    }
  }
  return result;
}

bool interchangeable(const at::Tensor& a, const at::Tensor& b) {
  return a.sizes() == b.sizes() && a.strides() == b.strides() && a.scalar_type() == b.scalar_type();
}

}  // namespace

at::Tensor RecordedCalls::run(const Inputs& inputs, const Call& call) {
  const c10::InferenceMode inference;
  // Who counts operators (flop_counter.cpp) would hear none of them in a replay.
  if (!make_ || at::hasThreadLocalCallbacks()) return call(inputs);
  const auto tensors = flat(inputs);
  auto* const shaped = find(tensors);
  if (shaped == nullptr) {  // libraries choose their kernels in the first call, by trying: not to be recorded
    auto result = first(inputs, call);
    if (shaped_.size() == kMostShapes) shaped_.pop_front();
    shaped_.push_back({tensors, {}, {}, nullptr});
    return result;
  }
  if (!shaped->recording) {
    try {
      shaped->given = tensors;
      record(*shaped, inputs, call);
    } catch (const std::exception& failure) {
      const std::string text = failure.what();
      log::warn("--cuda-graphs: recording failed, going on without (" + text.substr(0, text.find('\n')) + ")");
      make_ = nullptr;
      shaped_.clear();
      return call(inputs);
    }
  }
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (shaped->given[i].is_same(tensors[i])) continue;
    shaped->fixed[i].copy_(tensors[i]);
    shaped->given[i] = tensors[i];
  }
  shaped->recording->replay();
  return shaped->result.clone();
}

/// Recordings keep their memory, which may be what a new shape lacks.
at::Tensor RecordedCalls::first(const Inputs& inputs, const Call& call) {
  try {
    return call(inputs);
  } catch (const std::exception& failure) {
    if (shaped_.empty() || !says_out_of_memory(failure)) throw;
  }
  shaped_.clear();
  return call(inputs);
}

RecordedCalls::Shaped* RecordedCalls::find(const std::vector<at::Tensor>& inputs) {
  const auto found = std::ranges::find_if(
      shaped_, [&](const Shaped& shaped) { return std::ranges::equal(shaped.given, inputs, interchangeable); });
  return found == shaped_.end() ? nullptr : &*found;
}

void RecordedCalls::record(Shaped& shaped, const Inputs& inputs, const Call& call) const {
  shaped.fixed.clear();
  for (const auto& tensor : shaped.given) shaped.fixed.push_back(tensor.clone());
  auto recording = make_();
  recording->record([&] { shaped.result = call(shaped_like(inputs, shaped.fixed)); });
  shaped.recording = std::move(recording);
}

}  // namespace magicface::models
