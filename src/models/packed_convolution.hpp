// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace torch::jit {
struct Module;
}

namespace magicface::models {

/// Lays the weights of large 2-D convolutions out once as oneDNN's kernels on this processor want them, for a module that
/// lies on the CPU in the dtype it will run in, and has not run yet (its code changes). Else every call does it again,
/// which for a layer with more weights than pixels (1280 channels on 8 x 8) takes as long as the convolution. The originals
/// are freed: memory stays what it was.
/// Small weights, other kinds of layers, and all of them where LibTorch has no oneDNN, stay as they are.
void pack_convolutions(torch::jit::Module& module);

}  // namespace magicface::models
