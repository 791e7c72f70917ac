// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace torch::jit {
struct Module;
}

namespace magicface::models {

/// Lays the weights of large 2-D convolutions out once as the kernels of this processor want them, for a module that
/// lies on the CPU in the dtype it will run in, and has not run yet (its code changes). The originals are freed.
///
/// With `roomy` 3 x 3 layers in float32 become Winograd's (winograd.hpp): about twice as fast, for 16 / 9 of their
/// memory. All others are packed for oneDNN, which costs no memory: else every call packs them again, which for a layer
/// with more weights than pixels (1280 channels on 8 x 8) takes as long as the convolution. Small weights, 1 x 1
/// kernels, other kinds of layers, and what LibTorch without oneDNN can't pack, stay as they are.
void prepare_convolutions(torch::jit::Module& module, bool roomy);

}  // namespace magicface::models
