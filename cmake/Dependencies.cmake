# SPDX-License-Identifier: Apache-2.0
# What the program is built with besides LibTorch (LibTorch.cmake).

# Components one by one: the whole of OpenCV would slow the start of the program; so would imgcodecs and videoio, which are
# linked to modules only (src/image/CMakeLists.txt).
find_package(OpenCV REQUIRED COMPONENTS core imgproc imgcodecs objdetect video OPTIONAL_COMPONENTS videoio)
add_library(magicface_opencv INTERFACE)
target_include_directories(magicface_opencv SYSTEM INTERFACE ${OpenCV_INCLUDE_DIRS})
target_link_libraries(magicface_opencv INTERFACE opencv_core opencv_imgproc)

# The picture formats' own libraries: OpenCV keeps no metadata and converts CMYK without a word.
find_package(PNG 1.6.32 REQUIRED)
find_package(JPEG REQUIRED)
find_package(TIFF REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(WEBP REQUIRED IMPORTED_TARGET libwebp libwebpmux)
find_package(pugixml REQUIRED)

find_package(nlohmann_json 3.11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(Threads REQUIRED)
# libcsv knows neither CMake nor pkg-config.
find_path(CSV_INCLUDE_DIR csv.h REQUIRED)
find_library(CSV_LIBRARY csv REQUIRED)
add_library(magicface_csv INTERFACE)
target_include_directories(magicface_csv SYSTEM INTERFACE ${CSV_INCLUDE_DIR})
target_link_libraries(magicface_csv INTERFACE ${CSV_LIBRARY})
find_package(GIF 5.2 REQUIRED)
find_package(PkgConfig REQUIRED)
if(MAGICFACE_BUILD_TESTS)
  find_package(GTest REQUIRED)
  pkg_check_modules(WEBPDEMUX REQUIRED IMPORTED_TARGET libwebpdemux)
endif()
