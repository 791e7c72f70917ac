// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "magicface/core/error.hpp"

namespace magicface::image {

using ByteVector = std::vector<std::uint8_t>;

/// A folder of its own for each test (ctest runs them side by side); removed at the end.
class PictureFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              (std::string("magicface-") + test->name() + "-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path file(const std::string& name, const ByteVector& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return folder_ / name;
  }

 private:
  std::filesystem::path folder_;
};

/// Smooth, so that lossy formats come close, and different in every channel and direction.
inline cv::Mat gradient(cv::Size size) {
  cv::Mat rgb(size, CV_8UC3);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      rgb.at<cv::Vec3b>(y, x) = cv::Vec3b(cv::saturate_cast<uchar>(20 + 2 * x), cv::saturate_cast<uchar>(200 - 2 * y),
                                          cv::saturate_cast<uchar>(60 + x + y));
    }
  }
  return rgb;
}

inline double largest_difference(const cv::Mat& a, const cv::Mat& b) { return cv::norm(a, b, cv::NORM_INF); }

/// Runs `action`, which must throw `Problem`, and gives the message.
template <typename Problem, typename Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const Problem& problem) {
    return problem.what();
  }
  ADD_FAILURE() << "expected an exception";
  return {};
}

}  // namespace magicface::image
