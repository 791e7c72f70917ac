// SPDX-License-Identifier: Apache-2.0
#include "module_loader.hpp"

#include <dlfcn.h>

#include <filesystem>
#include <system_error>

#include "magicface/core/files.hpp"

namespace magicface::image {

LoadedModule load_module(const std::string& library, const char* entry, const std::string& missing) {
  for (const char* folder : {"", MAGICFACE_MODULE_FOLDER}) {
    const auto file = executable_folder() / folder / library;
    std::error_code failure;
    if (!std::filesystem::exists(file, failure)) continue;
    void* loaded = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    void* found = loaded == nullptr ? nullptr : ::dlsym(loaded, entry);
    return {found, found == nullptr ? ::dlerror() : ""};
  }
  return {nullptr, library + " isn't there: " + missing};
}

}  // namespace magicface::image
