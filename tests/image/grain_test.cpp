// SPDX-License-Identifier: Apache-2.0
#include "grain.hpp"

#include <opencv2/imgproc.hpp>

#include "magicface/image/blend.hpp"
#include "picture_helpers.hpp"

namespace magicface::image {
namespace {

/// Noise of 6 grey levels around 120, dark from column 100 on.
cv::Mat noisy_edge() {
  cv::Mat picture(200, 200, CV_32FC3, cv::Scalar::all(0));
  cv::RNG random(11);
  random.fill(picture, cv::RNG::NORMAL, 120, 6);
  picture.colRange(100, 200) -= cv::Scalar::all(80);
  picture.convertTo(picture, CV_8U);
  return picture;
}

double deviation(const cv::Mat& values) {
  cv::Scalar mean, result;
  cv::meanStdDev(values, mean, result);
  return result[0];
}

TEST(Grain, IsThePicturesNoiseWithoutItsEdges) {
  const cv::Mat grain = grain_of(noisy_edge(), 0.25);
  EXPECT_NEAR(deviation(grain.colRange(20, 80)), 5.5, 1);
  EXPECT_LT(cv::norm(grain, cv::NORM_INF), 16);  // the edge's own detail is 40
  EXPECT_NEAR(cv::mean(grain.colRange(20, 80))[0], 0, 0.3);
}

TEST(Grain, IsNothingInASmoothPictureOrACoarseOne) {
  EXPECT_LT(cv::norm(grain_of(cv::Mat(64, 64, CV_8UC3, cv::Scalar(9, 80, 200)), 0.25), cv::NORM_INF), 1e-3);
  EXPECT_LT(deviation(grain_of(noisy_edge(), 4)), 0.5);
}

TEST(Grain, ContinuesInWhatALayerReplaces) {
  Picture target{noisy_edge(), {}};
  const cv::Mat smooth_red(50, 50, CV_32FC3, cv::Scalar(180, 60, 60));
  Layer layer{smooth_red, {}, cv::Mat::ones(50, 50, CV_32F)};
  layer.grain = true;
  put_layer(target, layer, {0.25, 0, 0, 0, 0.25, 0});
  EXPECT_NEAR(deviation(target.rgb(cv::Rect(20, 20, 60, 160))), 5.5, 1);
  EXPECT_NEAR(cv::mean(target.rgb(cv::Rect(20, 20, 60, 160)))[0], 180, 1);
  EXPECT_NEAR(cv::mean(target.rgb(cv::Rect(98, 20, 4, 160)))[0], 180, 8);  // no trace of the edge that lay there
}

TEST(Grain, IsNotStretchedWithWhatIsCarried) {
  cv::Mat motion(50, 50, CV_32FC2);
  for (int y = 0; y < 50; ++y) motion.row(y).setTo(cv::Scalar(0, -0.6 * (y - 25)));
  for (const float kept : {1.0F, 0.0F}) {
    Picture target{noisy_edge(), {}};
    Layer layer{cv::Mat(50, 50, CV_32FC3, cv::Scalar::all(120 * (1 - kept))), cv::Mat(50, 50, CV_32F, cv::Scalar(kept)),
                cv::Mat::ones(50, 50, CV_32F)};
    layer.grain = true;
    layer.motion = motion;
    put_layer(target, layer, {0.25, 0, 0, 0, 0.25, 0});
    cv::Mat grey, across, down;
    target.rgb(cv::Rect(20, 40, 60, 120)).convertTo(grey, CV_32F);
    EXPECT_NEAR(deviation(grey), 5.5, 1);
    cv::Sobel(grey, across, CV_32F, 1, 0);
    cv::Sobel(grey, down, CV_32F, 0, 1);
    EXPECT_GT(deviation(down), 0.85 * deviation(across)) << kept;
  }
}

// As those of a batch and of a single: layers that differ in the last digits make pictures that differ by rounding.
TEST(Grain, FollowsItsLayerSmoothly) {
  cv::Mat motion(50, 50, CV_32FC2), kept(50, 50, CV_32F);
  for (int y = 0; y < 50; ++y) {
    for (int x = 0; x < 50; ++x) {
      motion.at<cv::Vec2f>(y, x) = cv::Vec2f(0.3F * std::sin(0.7F * x), -0.025F * x * std::sin(0.3F * y));
      kept.at<float>(y, x) = 0.5F + 0.5F * std::cos(0.5F * x);
    }
  }
  const auto result = [&](double off) {
    Picture target{noisy_edge(), {}};
    Layer layer{cv::Mat(50, 50, CV_32FC3, cv::Scalar::all(20 + off)), kept + off / 255, cv::Mat::ones(50, 50, CV_32F)};
    layer.grain = true;
    layer.motion = motion + cv::Scalar(off, -off);
    put_layer(target, layer, {0.25, 0, 0, 0, 0.25, 0});
    return target.rgb;
  };
  for (const double off : {1e-4, 3e-4, 1e-3}) EXPECT_LE(cv::norm(result(off), result(0), cv::NORM_INF), 1) << off;
}

}  // namespace
}  // namespace magicface::image
