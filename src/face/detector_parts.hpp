// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "magicface/face/detector.hpp"

namespace magicface::face {

/// @throws BundleError when there is no such file.
void require_file(const std::filesystem::path& file, const std::string& what);

/// @throws BundleError always: OpenCV can't use the file.
[[noreturn]] void refuse_file(const std::filesystem::path& file, const std::string& what, const cv::Exception& reason);

/// @throws ItemError unless it is a non-empty CV_8UC3.
void check_searchable(const cv::Mat& rgb);

/// Sorted by the boxes' centres; boxes without area or with non-finite numbers are dropped.
std::vector<Face> left_to_right(std::vector<Face> faces);

}  // namespace magicface::face
