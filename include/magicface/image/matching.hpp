// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core/mat.hpp>

/// What lets an edited crop sit in its picture without a trace: see docs/compositing.md.
namespace magicface::image {

/// Floats of any number of channels, each channel times the weights CV_32F.
cv::Mat times(const cv::Mat& values, const cv::Mat& weights);

/// Where an edit left the structure of the crop as it was, CV_32F in [0,1]: 1 kept, 0 redrawn. The structure term of
/// SSIM (local covariance over local variances) of the two luminances, so that a change of brightness or tint alone
/// counts as kept. Where it is 1 the source's own detail may be used again.
/// @param reconstruction CV_8UC3 or CV_32FC3, the model's picture of the unedited crop: as soft as the edit is
/// @param edited         the same, of the same size
/// @throws ItemError when they differ in size or aren't RGB.
cv::Mat kept_structure(const cv::Mat& reconstruction, const cv::Mat& edited);

/// A smooth surface through `values` where `weights` are positive, spread to everywhere else (pull-push: averages of
/// coarser and coarser levels, filled in on the way back). Constant where all values agree.
/// @param values  CV_32FC3
/// @param weights CV_32F, 0 or more
/// @returns CV_32FC3 of the same size; zeros when there is no positive weight.
cv::Mat membrane(const cv::Mat& values, const cv::Mat& weights);

/// What has to be added to an edit so that its tint and light are the source's again: the differences where the
/// structure was kept, spread over what was redrawn as a membrane and smoothed to a sixteenth of the crop's side.
/// CV_32FC3.
/// @param reference CV_8UC3 or CV_32FC3, what the edit should meet: the reconstruction, or the crop itself
/// @param weights   of the edit; without `kept` the border where they fall to 0 decides
/// @param kept      of kept_structure, or empty
cv::Mat tint_correction(const cv::Mat& reference, const cv::Mat& edited, const cv::Mat& weights, const cv::Mat& kept);

/// How visible the border of an edit is: mean length of the luminance gradient of (after - before) where the weights
/// pass from 0 to 1, in grey levels per pixel. 0 when nothing changed there or the change is even.
/// @param weights CV_32F in [0,1] of the pictures' size
double seam(const cv::Mat& before_rgb, const cv::Mat& after_rgb, const cv::Mat& weights);

}  // namespace magicface::image
