// SPDX-License-Identifier: Apache-2.0
#include "film_module.hpp"

#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

namespace {

/// What goes wrong is returned; OpenCV and FFmpeg would print it beside.
class Quiet {
 public:
  Quiet() : before_(cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT)) {}
  ~Quiet() { cv::utils::logging::setLogLevel(before_); }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;

 private:
  cv::utils::logging::LogLevel before_;
};

/// Frames that a reader finds. The writer says nothing about a full disk.
std::size_t frames_in(const char* file) {
  cv::VideoCapture film(file, cv::CAP_FFMPEG);
  std::size_t count = 0;
  while (film.grab()) ++count;
  return count;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const char* magicface_write_film(const cv::Mat* frames,
                                                                                   std::size_t count,
                                                                                   double frames_per_second,
                                                                                   const char* file) try {
  const Quiet quiet;
  // The one codec of MP4 that FFmpeg itself brings in every build, without a library under another licence.
  const int codec = cv::VideoWriter::fourcc('m', 'p', '4', 'v');
  cv::VideoWriter film(file, cv::CAP_FFMPEG, codec, frames_per_second, frames[0].size());
  if (!film.isOpened()) return "OpenCV was built without FFmpeg, or FFmpeg without its MPEG-4 encoder";
  for (std::size_t i = 0; i < count; ++i) {
    cv::Mat bgr;
    cv::cvtColor(frames[i], bgr, cv::COLOR_RGB2BGR);
    film.write(bgr);
  }
  film.release();
  return frames_in(file) == count ? nullptr : "the encoder lost frames; is the folder for temporary files full?";
} catch (...) {
  return "OpenCV's film writer failed";
}
