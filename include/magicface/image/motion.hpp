// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core/mat.hpp>

/// Where an edit moved what a picture shows: see docs/compositing.md.
namespace magicface::image {

/// Dense optical flow (Farneback's, SCIA 2003), CV_32FC2 in pixels: what `after` shows at p lay in `before` at
/// p + motion(p). 0 where less moved than can be told from noise. It follows its inputs smoothly: pictures that differ
/// by their rounding, as those of a batch and of a single may, have nearly the same motion.
/// @param before_rgb CV_8UC3 or CV_32FC3, 0 to 255
/// @param after_rgb  the same, of the same size
/// @throws ItemError when they differ in size or aren't RGB.
cv::Mat motion_between(const cv::Mat& before_rgb, const cv::Mat& after_rgb);

/// The picture with everything carried along: result(p) = picture(p + motion(p)), beyond the border as it is mirrored
/// there. Where the motion is 0 the pixels are the picture's own. Floats, and not rounded, also of 8 bits.
/// @param motion CV_32FC2 of the picture's size
cv::Mat carried(const cv::Mat& picture, const cv::Mat& motion);

/// 1 where what is carried is stretched to two and a half times its area at most, 0 from seven times on and where it is
/// folded: a line between two lips that is pulled apart is no mouth. 0, too, where it is squeezed to a quarter of its
/// length in some direction: a few pixels that stand for much more are no picture of it. CV_32F.
cv::Mat held_together(const cv::Mat& motion);

/// 1 where what is carried to a place lay within the face, or lies beyond it there, too; 0 where it came from beyond: a
/// collar may look as a cheek does that is lit, and is none. CV_32F.
/// @param beyond CV_32F in [0,1], of the motion's size: 1 where the picture shows no face
cv::Mat from_within(const cv::Mat& beyond, const cv::Mat& motion);

/// 1 where nothing is stretched by more than a ninth of its length or squeezed to less than two thirds of it in any
/// direction, 0 where it is stretched by two thirds or squeezed to two fifths: noise would make streaks. CV_32F.
cv::Mat undistorted(const cv::Mat& motion);

}  // namespace magicface::image
