# SPDX-License-Identifier: Apache-2.0
# magicface_layer(NAME SOURCES ... PUBLIC ... PRIVATE ...): one static library per layer.
function(magicface_layer name)
  cmake_parse_arguments(LAYER "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(magicface_${name} STATIC ${LAYER_SOURCES})
  target_include_directories(magicface_${name} PUBLIC ${CMAKE_SOURCE_DIR}/include
                                               PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(magicface_${name} PUBLIC ${LAYER_PUBLIC} PRIVATE ${LAYER_PRIVATE} magicface_warnings)
  if(MAGICFACE_CLANG_TIDY)
    set_target_properties(magicface_${name} PROPERTIES CXX_CLANG_TIDY "clang-tidy;--quiet")
  endif()
endfunction()

# magicface_test(NAME SOURCES ... LIBRARIES ...): one GoogleTest program per layer; ctest lists its cases one by one.
function(magicface_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  target_link_libraries(${name} PRIVATE ${TEST_LIBRARIES} GTest::gtest_main magicface_warnings)
  target_compile_definitions(${name} PRIVATE MAGICFACE_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data"
                                             MAGICFACE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  include(GoogleTest)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 120 PROPERTIES TIMEOUT 300)
endfunction()
