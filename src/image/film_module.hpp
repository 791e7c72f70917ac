// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <opencv2/core/mat.hpp>

/// OpenCV's video module brings FFmpeg with nearly a hundred libraries: `magicface_film.so` (module_loader.hpp) holds
/// only the function that writes films.

#define MAGICFACE_FILM_ENTRY "magicface_write_film"

namespace magicface::image {

/// Writes an MP4 (MPEG-4 Part 2, FFmpeg's own encoder). Throws nothing.
/// @param frames CV_8UC3 RGB, all of one size with even sides; `count` of them
/// @param file   ends in .mp4
/// @returns null, or a reason that stays valid
using WriteFilm = const char*(const cv::Mat* frames, std::size_t count, double frames_per_second, const char* file);

}  // namespace magicface::image

extern "C" magicface::image::WriteFilm magicface_write_film;
