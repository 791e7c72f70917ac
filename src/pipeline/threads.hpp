// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace magicface::pipeline {

/// One count for LibTorch and OpenCV: pictures are resized and blended beside the model, and must not take the cores
/// that
/// `--threads` leaves to others. 0: LibTorch's choice, for both.
void use_threads(int threads);

}  // namespace magicface::pipeline
