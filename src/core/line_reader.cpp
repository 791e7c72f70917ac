// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/line_reader.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace magicface {
namespace {
constexpr int kLookMilliseconds = 100;
}

std::optional<std::string> LineReader::next() {
  while (true) {
    const auto end = buffer_.find('\n', searched_);
    if (end != std::string::npos) {
      auto line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      searched_ = 0;
      return line;
    }
    searched_ = buffer_.size();
    if (ended_ || !fill()) break;
  }
  if (stop_() || buffer_.empty()) return std::nullopt;
  searched_ = 0;
  return std::exchange(buffer_, {});
}

/// False when nothing more comes.
bool LineReader::fill() {
  pollfd waiting{descriptor_, POLLIN, 0};
  while (true) {
    if (stop_()) return false;
    const int ready = ::poll(&waiting, 1, kLookMilliseconds);
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    char slice[65536];
    const auto count = ::read(descriptor_, slice, sizeof(slice));
    if (count < 0 && errno == EINTR) continue;
    ended_ = count <= 0;
    if (!ended_) buffer_.append(slice, static_cast<std::size_t>(count));
    return !ended_;
  }
}

}  // namespace magicface
