// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core/mat.hpp>
#include <optional>

/// How two pictures differ pixel by pixel (docs/evaluation.md). Pictures are CV_8UC3 of one size; values count on [0,
/// 1].
/// @throws ItemError when sizes or types differ.
namespace magicface::measure {

/// Mean squared difference over channels and the pixels outside `face`; nothing when there is none outside.
/// @param face CV_8UC1, not 0: the face
std::optional<double> mean_square_outside(const cv::Mat& a, const cv::Mat& b, const cv::Mat& face);

/// Of identical pictures, so that means stay finite.
inline constexpr double kHighestPsnr = 100;
/// Peak signal-to-noise ratio in dB over all channels, at most kHighestPsnr.
double psnr(const cv::Mat& a, const cv::Mat& b);

/// Structural similarity as Wang et al. define it (2004): Gaussian window of 11 x 11 and sigma 1.5, K1 = 0.01, K2 =
/// 0.03, of each channel, averaged over all windows inside the picture. @throws ItemError for sides below 11.
double ssim(const cv::Mat& a, const cv::Mat& b);

/// The largest difference of a channel, 0 to 255; also of two CV_8UC1, the pictures' alpha.
int largest_difference(const cv::Mat& a, const cv::Mat& b);

}  // namespace magicface::measure
