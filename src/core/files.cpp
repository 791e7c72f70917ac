// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "magicface/core/error.hpp"

namespace magicface {
namespace fs = std::filesystem;

bool path_exists(const fs::path& path) {
  std::error_code failure;
  return fs::exists(path, failure);
}

bool is_file(const fs::path& path) {
  std::error_code failure;
  return fs::is_regular_file(path, failure);
}

bool lies_inside(const fs::path& path) {
  const auto plain = path.lexically_normal();
  return plain.is_relative() && !plain.empty() && *plain.begin() != "..";
}

fs::path canonical_path(const fs::path& path) {
  std::error_code failure;
  const auto absolute = fs::absolute(path);
  auto canonical = fs::weakly_canonical(absolute, failure);
  return failure ? absolute.lexically_normal() : canonical;
}

std::vector<std::uint8_t> read_file(const fs::path& file, std::uintmax_t max_bytes) {
  std::error_code failure;
  if (fs::is_directory(file, failure)) throw ItemError(file.string() + ": expected a file, got a folder");
  const auto size = fs::file_size(file, failure);
  if (failure) throw ItemError(file.string() + ": can't be read (" + failure.message() + ")");
  if (size > max_bytes) {
    throw ItemError(file.string() + ": " + std::to_string(size) + " bytes, more than the limit of " +
                    std::to_string(max_bytes) + "; make the picture smaller");
  }
  std::ifstream stream(file, std::ios::binary);
  std::vector<std::uint8_t> bytes(size);
  if (!stream || !stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size))) {
    throw ItemError(file.string() + ": can't be read (" + std::strerror(errno) + ")");
  }
  return bytes;
}

namespace {

ItemError existing_file(const fs::path& file) {
  return ItemError(file.string() + " exists; give --overwrite to replace it, or another --out");
}

/// Owns the temporary file: closed and removed unless `commit` ran to its end.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& target) : target_(target), name_(target.string() + ".XXXXXX.part") {
    descriptor_ = ::mkstemps(name_.data(), static_cast<int>(std::strlen(".part")));
    if (descriptor_ < 0) fail("can't create a temporary file beside it");
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!name_.empty()) ::unlink(name_.c_str());
  }

  void write(const std::vector<std::uint8_t>& bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const auto count = ::write(descriptor_, bytes.data() + done, bytes.size() - done);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail("can't be written");
      done += static_cast<std::size_t>(count);
    }
  }

  void commit(Existing existing) {
    // mkstemp makes private files; outputs follow the user's umask like any other file.
    const mode_t mask = ::umask(0);
    ::umask(mask);
    ::fchmod(descriptor_, 0666 & ~mask);
    if (::fsync(descriptor_) != 0) fail("can't be flushed to disk");
    ::close(descriptor_);
    descriptor_ = -1;
    rename(existing);
    name_.clear();
    const auto folder = target_.has_parent_path() ? target_.parent_path() : fs::path(".");
    const int folder_descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder_descriptor >= 0) {
      ::fsync(folder_descriptor);
      ::close(folder_descriptor);
    }
  }

 private:
  /// The kernel decides whether the name is free: another process may have taken it since anybody looked.
  void rename(Existing existing) const {
    if (existing == Existing::keep) {
      if (::renameat2(AT_FDCWD, name_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE) == 0) return;
      const bool unknown = errno == EINVAL || errno == ENOSYS;  // to this file system: looking must do
      if (!unknown && errno != EEXIST) fail("can't be renamed into place");
      if (!unknown || path_exists(target_)) throw existing_file(target_);
    }
    if (::rename(name_.c_str(), target_.c_str()) != 0) fail("can't be renamed into place");
  }
  [[noreturn]] void fail(const char* what) const {
    throw ItemError(target_.string() + ": " + what + " (" + std::strerror(errno) + ")");
  }
  fs::path target_;
  std::string name_;
  int descriptor_ = -1;
};

}  // namespace

void write_file_atomically(const fs::path& target, const std::vector<std::uint8_t>& bytes, Existing existing) {
  TemporaryFile file(target);
  file.write(bytes);
  file.commit(existing);
}

void keep_existing(const fs::path& file, bool overwrite) {
  if (!overwrite && path_exists(file)) throw existing_file(file);
}

void make_folder(const fs::path& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) throw ItemError(folder.string() + ": the folder can't be made (" + failure.message() + ")");
}

void make_folder_of(const fs::path& file) {
  if (file.has_parent_path()) make_folder(file.parent_path());
}

fs::path executable_folder() {
  std::error_code failure;
  const auto executable = fs::read_symlink("/proc/self/exe", failure);
  return failure ? fs::path() : executable.parent_path();
}

}  // namespace magicface
