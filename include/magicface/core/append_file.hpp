// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

namespace magicface {

/// A text file that grows line by line and survives its writer. One process at a time holds it (an advisory lock that
/// the kernel gives back when the process dies, however it dies). A line that a dead writer left half written is cut
/// off on open; a line that can't be written whole (disk full) is taken back.
class AppendFile {
 public:
  /// Opens the file or makes it, its folders too. What doesn't begin with `beginning` is somebody else's file and left
  /// as it is. @throws UsageError naming the file and the reason: it can't be written, another process is writing to
  /// it, or it isn't ours.
  explicit AppendFile(std::filesystem::path file, std::string_view beginning = {});
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;
  ~AppendFile();

  /// Adds `line` and a newline in one write. Safe against the death of the process at once, against that of the machine
  /// after `sync`. @throws ItemError with the reason; the file then ends as before.
  void append(std::string_view line);
  /// Waits until what was appended is on the disk. @throws ItemError
  void sync();

  const std::filesystem::path& path() const { return file_; }
  /// Bytes of a torn last line that were cut off on open.
  std::size_t repaired() const { return repaired_; }

 private:
  /// As far as it goes: a file may end before. What isn't a file (a pipe) does.
  bool begins_with(std::string_view beginning) const;
  void repair();
  std::filesystem::path file_;
  int descriptor_ = -1;
  std::size_t repaired_ = 0;
};

}  // namespace magicface
