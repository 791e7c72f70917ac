// SPDX-License-Identifier: Apache-2.0
#include "magicface/models/allocation.hpp"

#include <atomic>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace magicface::models {
namespace {

std::atomic<int> alive = 0;

void blocks_of_their_own_from([[maybe_unused]] int bytes) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, bytes);
  mallopt(M_TRIM_THRESHOLD, bytes);
#endif
}

}  // namespace

WholeBlocks::WholeBlocks() {
  ++alive;
  blocks_of_their_own_from(1 << 20);
}

WholeBlocks::~WholeBlocks() {
  if (--alive == 0) blocks_of_their_own_from(1 << 30);
}

}  // namespace magicface::models
