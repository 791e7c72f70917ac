// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/out_of_memory.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "magicface/core/error.hpp"

namespace magicface {
namespace {

TEST(OutOfMemory, IsToldByTheAllocatorsWords) {
  EXPECT_TRUE(says_out_of_memory(std::bad_alloc()));
  EXPECT_TRUE(
      says_out_of_memory(std::runtime_error("module 'denoiser' failed: [enforce fail at alloc_cpu.cpp:118] err == 0. "
                                            "DefaultCPUAllocator: can't allocate memory: you tried to "
                                            "allocate 4294967296 bytes. Error code 12 (Cannot allocate memory)")));
  EXPECT_TRUE(says_out_of_memory(std::runtime_error("CUDA out of memory. Tried to allocate 2.00 GiB")));
  EXPECT_TRUE(says_out_of_memory(std::runtime_error("module 'vae_decoder' failed: std::bad_alloc")));
  EXPECT_FALSE(says_out_of_memory(std::runtime_error("module 'denoiser' failed: shapes don't fit")));
  EXPECT_FALSE(says_out_of_memory(Cancelled()));
}

}  // namespace
}  // namespace magicface
