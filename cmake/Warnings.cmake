# SPDX-License-Identifier: Apache-2.0
# Warnings live on an INTERFACE target, so that they reach our sources and never a user of the libraries.
add_library(magicface_warnings INTERFACE)
target_compile_options(magicface_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                                                    -Woverloaded-virtual -Wimplicit-fallthrough)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 warns of overlapping copies inside std::string's own operator+ (GCC PR 105651).
  target_compile_options(magicface_warnings INTERFACE -Wno-restrict -Wno-stringop-overflow)
endif()
if(MAGICFACE_WERROR)
  target_compile_options(magicface_warnings INTERFACE -Werror)
endif()
