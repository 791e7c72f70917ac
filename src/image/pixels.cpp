// SPDX-License-Identifier: Apache-2.0
#include "pixels.hpp"

#include <opencv2/imgproc.hpp>

namespace magicface::image {
namespace {

constexpr double kDeepSteps = 257;  ///< 65535 / 255

/// Rounded; dropping the low byte would darken by half a step.
cv::Mat eight_bits(const cv::Mat& deep) {
  cv::Mat reduced;
  deep.convertTo(reduced, CV_8U, 1 / kDeepSteps);
  return reduced;
}

void split(const cv::Mat& pixels, cv::Mat& rgb, cv::Mat& alpha) {
  const int channels = pixels.channels();
  if (channels % 2 == 0) cv::extractChannel(pixels, alpha, channels - 1);
  if (channels == 3) {
    rgb = pixels;
  } else if (channels == 4) {
    cv::cvtColor(pixels, rgb, cv::COLOR_RGBA2RGB);
  } else {
    cv::Mat grey;
    cv::extractChannel(pixels, grey, 0);
    cv::cvtColor(grey, rgb, cv::COLOR_GRAY2RGB);
  }
}

/// The edit's change in 8 bits, carried over to the source's 16. Row by row: a whole copy in 32 would be the largest.
cv::Mat sixteen_bits(const cv::Mat& edited, const cv::Mat& source) {
  cv::Mat result(source.size(), source.type());
  cv::Mat change, wide;
  for (int y = 0; y < source.rows; ++y) {
    cv::subtract(edited.row(y), eight_bits(source.row(y)), change, cv::noArray(), CV_32S);
    source.row(y).convertTo(wide, CV_32S);
    wide += change * kDeepSteps;
    wide.convertTo(result.row(y), CV_16U);
  }
  return result;
}

bool fits(const cv::Mat& plane, const cv::Mat& rgb, int type) {
  return plane.type() == type && plane.size() == rgb.size();
}

}  // namespace

cv::Mat upright(const cv::Mat& stored, int orientation) {
  constexpr int kMirror = 1;
  constexpr int kUpsideDown = 0;
  constexpr int kHalfTurn = -1;
  // EXIF's values 5 to 8 swap the axes first; then each is a mirror or a half turn.
  cv::Mat turned = orientation >= 5 ? cv::Mat(stored.t()) : stored;
  switch (orientation) {
    case 2:
    case 6:
      cv::flip(turned, turned, kMirror);
      break;
    case 3:
    case 7:
      cv::flip(turned, turned, kHalfTurn);
      break;
    case 4:
    case 8:
      cv::flip(turned, turned, kUpsideDown);
      break;
    default:
      break;
  }
  return turned;
}

Picture picture_of(const cv::Mat& pixels) {
  Picture picture;
  picture.metadata.grey = pixels.channels() <= 2;
  if (pixels.depth() == CV_8U) {
    split(pixels, picture.rgb, picture.alpha);
    return picture;
  }
  split(pixels, picture.deep_rgb, picture.deep_alpha);
  picture.rgb = eight_bits(picture.deep_rgb);
  if (!picture.deep_alpha.empty()) picture.alpha = eight_bits(picture.deep_alpha);
  return picture;
}

cv::Mat pixels_of(const Picture& picture, const Holds& holds) {
  const bool deep = holds.deep && fits(picture.deep_rgb, picture.rgb, CV_16UC3);
  cv::Mat colours = deep ? sixteen_bits(picture.rgb, picture.deep_rgb) : picture.rgb;
  if (picture.metadata.grey) {
    cv::Mat grey;
    cv::cvtColor(colours, grey, cv::COLOR_RGB2GRAY);
    colours = grey;
    if (!holds.grey) cv::cvtColor(grey, colours, cv::COLOR_GRAY2RGB);
  }
  cv::Mat alpha = picture.alpha;
  if (!holds.alpha || alpha.empty()) return colours;
  if (deep && fits(picture.deep_alpha, picture.rgb, CV_16UC1)) {
    alpha = picture.deep_alpha;
  } else if (deep) {
    alpha.convertTo(alpha, CV_16U, kDeepSteps);
  }
  std::vector<cv::Mat> planes;
  cv::split(colours, planes);
  planes.push_back(alpha);
  cv::Mat pixels;
  cv::merge(planes, pixels);
  return pixels;
}

}  // namespace magicface::image
