// SPDX-License-Identifier: Apache-2.0
#include "magicface/image/motion.hpp"

#include <algorithm>
#include <array>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>
#include <utility>

#include "magicface/core/error.hpp"
#include "magicface/image/matching.hpp"
#include "shades.hpp"

namespace magicface::image {
namespace {

// Of Farneback's method, for a crop of 128 pixels: skin moves as a sheet, so that windows are wide.
constexpr int kLevels = 3, kIterations = 2, kNeighbours = 7;
constexpr double kWindow = 21, kNeighbourDeviation = 1.5;

int side_of(const cv::Mat& picture) { return std::min(picture.rows, picture.cols); }

/// Luminance without what is broader than a feature: light and tint that changed are no motion.
cv::Mat structure(const cv::Mat& rgb) {
  const cv::Mat grey = luminance(rgb);
  return grey - smooth(grey, std::max(2.0, side_of(grey) / 24.0));
}

/// One round of optical flow between two structures, without what is finer than `fineness` pixels.
cv::Mat flow_between(const cv::Mat& before, const cv::Mat& after, double fineness) {
  const double scale = side_of(after) / 128.0;
  // What is left of a thin brow is faint: it counts twice.
  const cv::Mat from = fineness > 0 ? cv::Mat(2 * smooth(after, fineness)) : after;
  const cv::Mat to = fineness > 0 ? cv::Mat(2 * smooth(before, fineness)) : before;
  cv::Mat motion;
  cv::calcOpticalFlowFarneback(from, to, motion, 0.5, kLevels, cvRound(kWindow * scale), kIterations, kNeighbours,
                               kNeighbourDeviation, cv::OPTFLOW_FARNEBACK_GAUSSIAN);
  return smooth(motion, std::max({1.0, side_of(motion) / 60.0, fineness}));
}

/// In rounds, from coarse to fine, each between `after` and what `before` has become: a thin brow that rises by several
/// times its width is lost in one round, and squeezed.
cv::Mat followed(const cv::Mat& before, const cv::Mat& after) {
  constexpr int kRounds = 4;
  const double coarsest = side_of(after) / 32.0;
  cv::Mat motion = cv::Mat::zeros(before.size(), CV_32FC2);
  for (int round = 0; round < kRounds; ++round) {
    const double fineness = coarsest * (kRounds - 1 - round) / (kRounds - 1);
    const cv::Mat further = flow_between(carried(before, motion), after, fineness);
    motion = carried(motion, further) + further;
  }
  return motion;
}

/// 1 where moving explains what `after` shows, 0 where staying explains it as well: flat skin has no motion to be seen.
cv::Mat explained(const cv::Mat& before, const cv::Mat& after, const cv::Mat& motion) {
  const double window = std::max(1.0, side_of(after) / 60.0);
  const auto error = [&](const cv::Mat& picture) {
    const cv::Mat difference = after - picture;
    return smooth(difference.mul(difference), window);
  };
  constexpr double kNoise = 15;  // grey levels squared
  const cv::Mat still = error(before), moving = error(carried(before, motion));
  return smooth(smoothstep((still - moving) / (still + kNoise), 0, 0.15), window);
}

/// How the place that is taken, p + motion(p), changes with p.
class Jacobian {
 public:
  explicit Jacobian(const cv::Mat& motion) {
    std::array<cv::Mat, 2> parts;
    cv::split(motion, parts.data());
    for (std::size_t i = 0; i < 2; ++i) {
      cv::Sobel(parts[i], by_x_[i], CV_32F, 1, 0, 3, 1.0 / 8);
      cv::Sobel(parts[i], by_y_[i], CV_32F, 0, 1, 3, 1.0 / 8);
    }
    by_x_[0] += 1;
    by_y_[1] += 1;
  }

  /// Area that is taken for an area that is shown; negative where it is folded.
  cv::Mat determinant() const { return by_x_[0].mul(by_y_[1]) - by_y_[0].mul(by_x_[1]); }

  /// The smaller and the larger singular value: length that is taken for a length that is shown, in the directions that
  /// are stretched and squeezed most.
  std::pair<cv::Mat, cv::Mat> gains() const {
    const cv::Mat area = determinant();
    const cv::Mat squares =
        by_x_[0].mul(by_x_[0]) + by_x_[1].mul(by_x_[1]) + by_y_[0].mul(by_y_[0]) + by_y_[1].mul(by_y_[1]);
    cv::Mat between, least, greatest;
    cv::sqrt(cv::max(squares.mul(squares) - 4 * area.mul(area), 0.0), between);
    cv::sqrt(cv::max((squares - between) / 2, 0.0), least);
    cv::sqrt((squares + between) / 2, greatest);
    return {least, greatest};
  }

 private:
  std::array<cv::Mat, 2> by_x_, by_y_;
};

}  // namespace

cv::Mat motion_between(const cv::Mat& before_rgb, const cv::Mat& after_rgb) {
  check_pair(before_rgb, after_rgb);
  const cv::Mat before = structure(before_rgb), after = structure(after_rgb);
  const cv::Mat motion = followed(before, after);
  return times(motion, explained(before, after, motion));
}

cv::Mat carried(const cv::Mat& picture, const cv::Mat& motion) {
  if (motion.type() != CV_32FC2 || motion.size() != picture.size()) {
    throw ItemError("carrying a picture along: expected a motion of two floats for every pixel");
  }
  return taken_from(picture, motion, {});
}

cv::Mat held_together(const cv::Mat& motion) {
  const Jacobian jacobian(motion);
  const cv::Mat held =
      smoothstep(jacobian.determinant(), 0.15, 0.4).mul(1.0 - smoothstep(jacobian.gains().second, 2.5, 4));
  // Drawn and carried skin differ a little: where one takes over from the other within a pixel, a spot would be seen.
  return smooth(held, 1.4 * std::max(1.0, side_of(motion) / 128.0));
}

cv::Mat from_within(const cv::Mat& beyond, const cv::Mat& motion) {
  // Class maps are coarse: their edges are no more exact than a pixel of 128.
  const cv::Mat soft = smooth(beyond, std::max(1.0, side_of(motion) / 128.0));
  return 1.0 - smoothstep(carried(soft, motion) - soft, 0.25, 0.6);
}

cv::Mat undistorted(const cv::Mat& motion) {
  const auto [least, greatest] = Jacobian(motion).gains();
  return smoothstep(least, 0.6, 0.9).mul(1.0 - smoothstep(greatest, 1.5, 2.5));
}

}  // namespace magicface::image
