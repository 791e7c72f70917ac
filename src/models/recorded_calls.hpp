// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "magicface/models/network.hpp"
#include "recording.hpp"

namespace magicface::models {

/// Calls of one network: eager the first time that inputs have some shapes, recorded the second time, and replayed from
/// then on. One recording per shapes (the batch's size, with or without guidance); the oldest goes when there are more
/// than four, and all when memory runs out in a first call, which is then tried again. If a recording fails, a warning
/// says so, and every call is eager from then on.
class RecordedCalls {
 public:
  using Inputs = std::vector<Value>;
  using Call = std::function<at::Tensor(const Inputs&)>;
  using MakeRecording = std::function<std::unique_ptr<Recording>()>;

  explicit RecordedCalls(MakeRecording make) : make_(std::move(make)) {}

  /// What `call` gives for the inputs, in memory of its own. `call` must do the same for all inputs of the same shapes,
  /// and inputs must not be changed in place as long as calls are made with them: the same tensor is copied only once.
  at::Tensor run(const Inputs& inputs, const Call& call);

 private:
  struct Shaped {
    std::vector<at::Tensor> given, fixed;  ///< the last call's inputs one by one, and where the recording reads them
    at::Tensor result;                     ///< where it leaves its result
    std::unique_ptr<Recording> recording;  ///< none after the first call
  };

  at::Tensor first(const Inputs& inputs, const Call& call);
  Shaped* find(const std::vector<at::Tensor>& inputs);
  void record(Shaped& shaped, const Inputs& inputs, const Call& call) const;

  MakeRecording make_;  ///< empty after a failure
  std::deque<Shaped> shaped_;
};

}  // namespace magicface::models
