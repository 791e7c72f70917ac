# SPDX-License-Identifier: Apache-2.0
# Warnings live on an INTERFACE target, so that they reach our sources and never a user of the libraries.
add_library(magicface_warnings INTERFACE)
target_compile_options(magicface_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                                                    -Woverloaded-virtual -Wimplicit-fallthrough)
if(MAGICFACE_WERROR)
  target_compile_options(magicface_warnings INTERFACE -Werror)
endif()
