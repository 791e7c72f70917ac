// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace magicface {

/// Lines of a file descriptor as they come, without waiting for more than the line itself: what a warm pipe needs.
/// A wait ends when `stop` says so, looked at several times a second; a blocked `std::getline` could not be ended.
class LineReader {
 public:
  LineReader(int descriptor, std::function<bool()> stop) : descriptor_(descriptor), stop_(std::move(stop)) {}

  /// The next line without its newline; nothing at the end of the input or when stopped. A last line needs no newline.
  std::optional<std::string> next();

 private:
  bool fill();
  int descriptor_;
  std::function<bool()> stop_;
  std::string buffer_;
  std::size_t searched_ = 0;
  bool ended_ = false;
};

}  // namespace magicface
