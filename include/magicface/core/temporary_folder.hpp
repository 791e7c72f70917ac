// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace magicface {

/// A new folder, only for this user, in the system's place for temporary files (TMPDIR, else /tmp). It goes away with
/// all that is in it.
class TemporaryFolder {
 public:
  /// @param remedy what to do where none can be made, for the message: "name one with --out". @throws ItemError with
  /// the reason
  explicit TemporaryFolder(const std::string& remedy);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace magicface
