// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <filesystem>
#include <opencv2/core.hpp>
#include <system_error>

#include "animation_writers.hpp"
#include "film_module.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/temporary_folder.hpp"
#include "module_loader.hpp"

namespace magicface::image {
namespace fs = std::filesystem;
namespace {

constexpr std::uintmax_t kMostBytes = std::uintmax_t{1} << 31;

const LoadedModule& film_module() {
  static const auto module =
      load_module("magicface_film.so", MAGICFACE_FILM_ENTRY, "the program was built without OpenCV's video module");
  return module;
}

cv::Mat with_even_sides(const cv::Mat& frame) {
  cv::Mat even;
  cv::copyMakeBorder(frame, even, 0, frame.rows % 2, 0, frame.cols % 2, cv::BORDER_REPLICATE);
  return even;
}

}  // namespace

std::optional<std::string> why_no_films() {
  if (film_module().entry != nullptr) return std::nullopt;
  return film_module().why_not;
}

std::vector<std::uint8_t> write_mp4(const std::vector<cv::Mat>& frames, const AnimationOptions& options) {
  if (const auto reason = why_no_films())
    throw ItemError("a film can't be written (" + *reason + "); give a .gif or .webp name");
  std::vector<cv::Mat> even;
  for (const auto& frame : frames) even.push_back(with_even_sides(frame));
  const TemporaryFolder folder(
      "a film needs one: set TMPDIR to a folder that is there");  // FFmpeg writes under a name only
  const auto file = folder.path() / "film.mp4";
  const auto write = reinterpret_cast<WriteFilm*>(film_module().entry);
  const char* problem = write(even.data(), even.size(), 1000.0 / options.frame_ms, file.c_str());
  if (problem != nullptr)
    throw ItemError(std::string("a film can't be written (") + problem + "); give a .gif or .webp name");
  return read_file(file, kMostBytes);
}

}  // namespace magicface::image
