// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/temporary_folder.hpp"

#include <stdlib.h>

#include <cerrno>
#include <system_error>

#include "magicface/core/error.hpp"

namespace magicface {
namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder(const std::string& remedy) {
  std::error_code failure;
  const auto place = fs::temp_directory_path(failure);  // empty when TMPDIR is no folder
  auto name = (place / "magicface-XXXXXX").string();
  if (!failure && ::mkdtemp(name.data()) == nullptr) failure.assign(errno, std::generic_category());
  if (failure) {
    throw ItemError((place.empty() ? "TMPDIR" : place.string()) + ": no temporary folder can be made here (" +
                    failure.message() + "); " + remedy);
  }
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace magicface
