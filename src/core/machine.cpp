// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/machine.hpp"

#include <sched.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "magicface/core/text.hpp"

namespace magicface {
namespace fs = std::filesystem;
namespace {

/// The value of the first line "key : value" of a file of the proc file system.
std::optional<std::string> value_of(const fs::path& file, const std::string& key) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    const auto colon = line.find(':');
    if (colon != std::string::npos && trim(line.substr(0, colon)) == key) return trim(line.substr(colon + 1));
  }
  return std::nullopt;
}

}  // namespace

std::string processor_name() {
  // x86 says "model name"; most ARM kernels say nothing but the architecture's number.
  return value_of("/proc/cpuinfo", "model name").value_or("unknown");
}

std::vector<std::string> accelerator_names() {
  std::vector<fs::path> folders;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("/proc/driver/nvidia/gpus", none)) folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  std::vector<std::string> names;
  for (const auto& folder : folders) {
    if (auto name = value_of(folder / "information", "Model")) names.push_back(std::move(*name));
  }
  return names;
}

int available_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof(set), &set) == 0 ? std::max(1, CPU_COUNT(&set)) : 1;
}

std::optional<std::uint64_t> peak_resident_bytes() {
  const auto text = value_of("/proc/self/status", "VmHWM");  // "123456 kB"
  const auto kilobytes = text ? parse_number(text->substr(0, text->find(' '))) : std::nullopt;
  if (!kilobytes) return std::nullopt;
  return static_cast<std::uint64_t>(*kilobytes) * 1024;
}

void prefer_huge_pages() {
  static constexpr int kKeepSetting = 0;
  ::setenv("THP_MEM_ALLOC_ENABLE", "1", kKeepSetting);
}

void give_freed_memory_back() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

bool reset_peak_resident_bytes() {
  give_freed_memory_back();
  std::ofstream stream("/proc/self/clear_refs");
  stream << "5" << std::flush;  // proc(5): 5 resets the peak of the resident set
  return stream.good();
}

}  // namespace magicface
