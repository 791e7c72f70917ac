// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What a measurement ran on. Linux says it in files; where there are none, it stays unknown.
namespace magicface {

/// "AMD EPYC 9454 48-Core Processor"; "unknown" where the system doesn't say.
std::string processor_name();
/// Names of the NVIDIA devices that the driver knows, in its order; empty without one.
std::vector<std::string> accelerator_names();
/// Processors that this process may run on, at least 1.
int available_processors();

/// The most memory this process ever had in RAM (VmHWM), or since the last reset; nothing where the system doesn't say.
std::optional<std::uint64_t> peak_resident_bytes();
/// Large tensors shall lie on the system's huge pages where it has them: a denoiser's weights are gigabytes, and
/// looking their places up in small pages takes longer than reading them. To be called before LibTorch allocates
/// anything: it reads an environment variable then, which is left alone where it is set.
void prefer_huge_pages();
/// Returns what the allocator keeps of earlier work to the system.
void give_freed_memory_back();
/// Gives freed memory back and starts the peak anew at what is resident then. False where the system doesn't let it:
/// then the peak is the process's.
bool reset_peak_resident_bytes();

}  // namespace magicface
