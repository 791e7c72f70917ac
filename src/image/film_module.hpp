// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <opencv2/core/mat.hpp>

/// Films live in a library of their own, `magicface_film.so`, which is loaded when one is asked for: OpenCV's video module
/// brings FFmpeg with nearly a hundred libraries, and every start of the program would pay for them.

#define MAGICFACE_FILM_FUNCTION "magicface_write_film"

namespace magicface::image {

/// Writes an MP4 (MPEG-4 Part 2, FFmpeg's own encoder). Throws nothing.
/// @param frames CV_8UC3 RGB, all of one size with even sides; `count` of them
/// @param file   ends in .mp4
/// @returns null, or a reason that stays valid
using WriteFilm = const char*(const cv::Mat* frames, std::size_t count, double frames_per_second, const char* file);

}  // namespace magicface::image

extern "C" magicface::image::WriteFilm magicface_write_film;
