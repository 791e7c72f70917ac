// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

/// OpenCV's codecs bring up to a hundred libraries with them, and every start of the program would pay for them. So
/// each lives in a library of its own, which is loaded when it is first needed.
namespace magicface::image {

struct LoadedModule {
  void* entry = nullptr;  ///< what the library exports under the name that was asked for
  std::string why_not;    ///< one line, where there is none
};

/// Looks beside the program, as it is built, then where it is installed. The library stays loaded: what it brings can't
/// be unloaded.
/// @param missing why the library may not be there
LoadedModule load_module(const std::string& library, const char* entry, const std::string& missing);

}  // namespace magicface::image
