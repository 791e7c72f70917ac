// SPDX-License-Identifier: Apache-2.0
// The film writer by itself; the program that loads it is tried in tests/cli/test_cli_sheets.py.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include "film_module.hpp"

namespace magicface::image {
namespace {

class Film : public testing::Test {
 protected:
  void SetUp() override {
    void* library = ::dlopen(MAGICFACE_FILM_MODULE, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(library, nullptr) << ::dlerror();
    write_ = reinterpret_cast<WriteFilm*>(::dlsym(library, MAGICFACE_FILM_ENTRY));
    ASSERT_NE(write_, nullptr);
  }
  void TearDown() override { std::filesystem::remove(file_); }

  const char* write(const std::vector<cv::Mat>& frames, double frames_per_second) {
    return write_(frames.data(), frames.size(), frames_per_second, file_.c_str());
  }

  std::string file_ = testing::TempDir() + "magicface_film_test.mp4";
  WriteFilm* write_ = nullptr;
};

TEST_F(Film, HoldsTheFramesTheirColoursAndTime) {
  const std::vector<cv::Scalar> colours{{200, 30, 30}, {30, 180, 40}, {40, 40, 210}};
  std::vector<cv::Mat> frames;
  for (const auto& colour : colours) frames.emplace_back(48, 64, CV_8UC3, colour);
  ASSERT_EQ(write(frames, 1000.0 / 120), nullptr);
  cv::VideoCapture film(file_, cv::CAP_FFMPEG);
  ASSERT_TRUE(film.isOpened());
  EXPECT_NEAR(film.get(cv::CAP_PROP_FPS), 1000.0 / 120, 0.01);
  cv::Mat bgr, rgb;
  for (const auto& colour : colours) {
    ASSERT_TRUE(film.read(bgr));
    cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
    ASSERT_EQ(rgb.size(), frames[0].size());
    EXPECT_LT(cv::norm(cv::mean(rgb), colour, cv::NORM_INF), 6);
  }
  EXPECT_FALSE(film.read(bgr));
}

TEST_F(Film, SaysWhyItCannot) {
  file_ = testing::TempDir() + "not/there/film.mp4";
  EXPECT_NE(write({cv::Mat(48, 64, CV_8UC3, cv::Scalar::all(9))}, 5), nullptr);
}

}  // namespace
}  // namespace magicface::image
