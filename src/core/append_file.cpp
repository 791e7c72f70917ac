// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/append_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "magicface/core/error.hpp"

namespace magicface {
namespace fs = std::filesystem;
namespace {

std::string reason() { return std::string(" (") + std::strerror(errno) + ")"; }

}  // namespace

AppendFile::AppendFile(fs::path file, std::string_view beginning) : file_(std::move(file)) {
  std::error_code failure;
  if (file_.has_parent_path()) fs::create_directories(file_.parent_path(), failure);  // open says it better
  descriptor_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor_ < 0) throw UsageError(file_.string() + ": can't be written" + reason() + "; name another file");
  // Some network file systems know no locks: there the user sees to it that one run writes at a time.
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    ::close(descriptor_);
    throw UsageError(file_.string() + ": another run is writing to it; wait for it, or name another file");
  }
  if (!begins_with(beginning)) {
    ::close(descriptor_);
    throw UsageError(file_.string() +
                     ": expected a file of earlier records, or none, got another file; name another one");
  }
  repair();
}

AppendFile::~AppendFile() { ::close(descriptor_); }

bool AppendFile::begins_with(std::string_view beginning) const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) return true;
  std::string found(std::min(beginning.size(), static_cast<std::size_t>(status.st_size)), '\0');
  const auto count = ::pread(descriptor_, found.data(), found.size(), 0);
  return count == static_cast<ssize_t>(found.size()) && beginning.starts_with(found);
}

void AppendFile::repair() {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) return;
  const off_t size = status.st_size;
  off_t whole = size;
  char slice[4096];
  while (whole > 0) {
    const auto count = std::min<off_t>(whole, sizeof(slice));
    if (::pread(descriptor_, slice, static_cast<std::size_t>(count), whole - count) != count) return;
    const auto end = std::string_view(slice, static_cast<std::size_t>(count)).rfind('\n');
    if (end != std::string_view::npos) {
      whole = whole - count + static_cast<off_t>(end) + 1;
      break;
    }
    whole -= count;
  }
  if (whole == size) return;
  if (::ftruncate(descriptor_, whole) == 0) repaired_ = static_cast<std::size_t>(size - whole);
}

void AppendFile::append(std::string_view line) {
  std::string text(line);
  text += '\n';
  const off_t before = ::lseek(descriptor_, 0, SEEK_END);
  std::size_t done = 0;
  while (done < text.size()) {
    const auto count = ::write(descriptor_, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const auto why = reason();
      if (before >= 0 && ::ftruncate(descriptor_, before) == 0) done = 0;
      throw ItemError(file_.string() + ": the record can't be written" + why + (done > 0 ? "; half a line stays" : ""));
    }
    done += static_cast<std::size_t>(count);
  }
}

void AppendFile::sync() {
  // Pipes and devices have nothing to flush.
  if (::fdatasync(descriptor_) != 0 && errno != EINVAL && errno != EROFS) {
    throw ItemError(file_.string() + ": can't be flushed to disk" + reason());
  }
}

}  // namespace magicface
