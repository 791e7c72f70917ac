// SPDX-License-Identifier: Apache-2.0
#include "progress.hpp"

#include <cstdio>

namespace magicface::app {
namespace {
constexpr int kBarWidth = 24;
}

void Progress::item(std::size_t index, std::size_t count, std::string name) {
  const std::lock_guard lock(mutex_);
  const auto of_count = count > 0 ? "/" + std::to_string(count) : std::string();  // a pipe's end isn't known
  item_ = "[" + std::to_string(index) + of_count + "] " + std::move(name);
}

void Progress::step(int step, int steps) {
  if (!shown_) return;
  const std::lock_guard lock(mutex_);
  const int filled = steps > 0 ? kBarWidth * step / steps : 0;
  std::string bar(static_cast<std::size_t>(filled), '#');
  bar.resize(kBarWidth, '.');
  std::fprintf(stderr, "\r\033[K%s %s %d/%d", item_.c_str(), bar.c_str(), step, steps);
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::clear() {
  const std::lock_guard lock(mutex_);
  if (!drawn_) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace magicface::app
