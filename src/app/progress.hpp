// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <mutex>
#include <string>

namespace magicface::app {

/// One line on stderr that is drawn over itself; silent unless switched on.
class Progress {
 public:
  explicit Progress(bool shown) : shown_(shown) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void item(std::size_t index, std::size_t count, std::string name);
  void step(int step, int steps);
  /// Takes the line away, so that other output doesn't mix with it.
  void clear();
  void finish() { clear(); }

 private:
  bool shown_;
  bool drawn_ = false;
  std::mutex mutex_;  ///< the writer's thread clears what the model's thread draws
  std::string item_;
};

}  // namespace magicface::app
