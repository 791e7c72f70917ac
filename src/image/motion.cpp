// SPDX-License-Identifier: Apache-2.0
#include "magicface/image/motion.hpp"

#include <algorithm>
#include <array>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

#include "magicface/core/error.hpp"
#include "shades.hpp"

namespace magicface::image {
namespace {

int side_of(const cv::Mat& picture) { return std::min(picture.rows, picture.cols); }

/// Luminance without what is broader than a feature: light and tint that changed are no motion.
cv::Mat structure(const cv::Mat& rgb) {
  const cv::Mat grey = luminance(rgb);
  return grey - smooth(grey, std::max(2.0, side_of(grey) / 16.0));
}

cv::Mat flow_between(const cv::Mat& before, const cv::Mat& after) {
  const auto flow = cv::DISOpticalFlow::create(cv::DISOpticalFlow::PRESET_MEDIUM);
  flow->setFinestScale(0);  // a brow that rises by 1 moves less than a pixel of a small crop
  flow->setPatchSize(12);
  flow->setVariationalRefinementAlpha(60);  // skin moves as a sheet: three times OpenCV's smoothness
  cv::Mat from, to, motion;
  after.convertTo(from, CV_8U, 1, 128);
  before.convertTo(to, CV_8U, 1, 128);
  flow->calc(from, to, motion);
  return smooth(motion, std::max(1.0, side_of(motion) / 60.0));
}

/// 1 where moving explains what `after` shows, 0 where staying explains it as well: flat skin has no motion to be seen.
cv::Mat explained(const cv::Mat& before, const cv::Mat& after, const cv::Mat& motion) {
  const double window = std::max(1.0, side_of(after) / 60.0);
  const auto error = [&](const cv::Mat& picture) {
    const cv::Mat difference = after - picture;
    return smooth(difference.mul(difference), window);
  };
  constexpr double kNoise = 5;  // grey levels squared
  const cv::Mat still = error(before), moving = error(carried(before, motion));
  return smooth(smoothstep((still - moving) / (still + kNoise), 0, 0.15), window);
}

}  // namespace

cv::Mat motion_between(const cv::Mat& before_rgb, const cv::Mat& after_rgb) {
  check_pair(before_rgb, after_rgb);
  const cv::Mat before = structure(before_rgb), after = structure(after_rgb);
  const cv::Mat motion = flow_between(before, after);
  const cv::Mat share = explained(before, after, motion);
  cv::Mat both;
  cv::merge(std::vector<cv::Mat>{share, share}, both);
  return motion.mul(both);
}

cv::Mat carried(const cv::Mat& picture, const cv::Mat& motion) {
  if (motion.type() != CV_32FC2 || motion.size() != picture.size()) {
    throw ItemError("carrying a picture along: expected a motion of two floats for every pixel");
  }
  return taken_from(picture, motion, {});
}

}  // namespace magicface::image
