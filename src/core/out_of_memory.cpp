// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/out_of_memory.hpp"

#include <new>
#include <string_view>

namespace magicface {

bool says_out_of_memory(const std::exception& failure) {
  if (dynamic_cast<const std::bad_alloc*>(&failure) != nullptr) return true;
  const std::string_view text = failure.what();
  // LibTorch on a CPU and on CUDA, cuBLAS and cuDNN, OpenCV, the C++ library within a module.
  for (const char* words : {"can't allocate memory", "out of memory", "ALLOC_FAILED", "Insufficient memory",
                            "Failed to allocate", "std::bad_alloc"}) {
    if (text.find(words) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace magicface
