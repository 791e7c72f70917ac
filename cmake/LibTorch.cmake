# SPDX-License-Identifier: Apache-2.0
# LibTorch as `magicface_torch`: of the PyTorch wheel in .venv, unless CMAKE_PREFIX_PATH or Torch_DIR names another one.
#
# It is linked by name, for CPUs and for CUDA alike. Torch's own configuration (find_package) asks for the whole CUDA toolkit, compiler
# included, where LibTorch was built for CUDA; nothing here compiles a kernel, and such a wheel brings the libraries that a GPU needs.
file(GLOB _torch_roots ${CMAKE_SOURCE_DIR}/.venv/lib/python3*/site-packages/torch)
foreach(_prefix IN LISTS CMAKE_PREFIX_PATH)
  list(PREPEND _torch_roots ${_prefix}/../..) # what torch.utils.cmake_prefix_path says is share/cmake
endforeach()
if(Torch_DIR)
  list(PREPEND _torch_roots ${Torch_DIR}/../../..)
endif()
find_path(_torch_include torch/script.h HINTS ${_torch_roots} PATH_SUFFIXES include NO_CACHE)
if(NOT _torch_include)
  message(FATAL_ERROR "LibTorch not found: expected the PyTorch wheel in .venv, which scripts/quickstart.sh makes; or name a LibTorch with -DCMAKE_PREFIX_PATH=DIR")
endif()
foreach(_name torch torch_cpu c10)
  find_library(_${_name} ${_name} HINTS ${_torch_include}/../lib NO_CACHE REQUIRED)
endforeach()
cmake_path(GET _torch_cpu PARENT_PATH MAGICFACE_TORCH_LIB)
message(STATUS "LibTorch: ${MAGICFACE_TORCH_LIB}")

add_library(magicface_torch INTERFACE)
# SYSTEM, so that our warnings stay ours.
target_include_directories(magicface_torch SYSTEM INTERFACE ${_torch_include} ${_torch_include}/torch/csrc/api/include)
# libtorch.so has no symbols of its own; it is what loads the CUDA part of a LibTorch that has one.
target_link_libraries(magicface_torch INTERFACE ${_torch_cpu} ${_c10} -Wl,--push-state,--no-as-needed ${_torch} -Wl,--pop-state)
