// SPDX-License-Identifier: Apache-2.0
#include "tensors.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <limits>
#include <opencv2/core.hpp>

#include "magicface/core/error.hpp"

namespace magicface::pipeline {
namespace {

cv::Mat every_value() {
  cv::Mat picture(16, 48, CV_8UC3);
  for (int i = 0; i < 16 * 48 * 3; ++i) picture.data[i] = static_cast<std::uint8_t>(i % 256);
  return picture;
}

TEST(Tensors, APictureComesBackAsItWent) {
  const auto picture = every_value();
  const auto tensor = to_tensor(picture);
  EXPECT_EQ(tensor.sizes(), (at::IntArrayRef{1, 3, 16, 48}));
  EXPECT_EQ(cv::norm(to_picture(tensor[0]), picture, cv::NORM_INF), 0);
}

TEST(Tensors, ChannelsAreRedGreenBlueInPlanes) {
  const cv::Mat picture(1, 1, CV_8UC3, cv::Scalar(255, 51, 0));
  const auto tensor = to_tensor(picture);
  EXPECT_FLOAT_EQ(tensor[0][0][0][0].item<float>(), 1.0F);
  EXPECT_FLOAT_EQ(tensor[0][1][0][0].item<float>(), 0.2F);
  EXPECT_FLOAT_EQ(tensor[0][2][0][0].item<float>(), 0.0F);
}

TEST(Tensors, APartOfAPictureIsRead) {
  const cv::Mat part = every_value()(cv::Rect(3, 2, 5, 4));
  EXPECT_EQ(cv::norm(to_picture(to_tensor(part)[0]), part, cv::NORM_INF), 0);
}

TEST(Tensors, ValuesAreRoundedHalfToEvenAndClamped) {
  const auto image = at::tensor({0.5F / 255, 1.5F / 255, 7.0F, -1.0F}).reshape({1, 1, 4}).expand({3, 1, 4});
  const auto picture = to_picture(image);
  EXPECT_EQ(picture.at<cv::Vec3b>(0, 0)[0], 0);
  EXPECT_EQ(picture.at<cv::Vec3b>(0, 1)[0], 2);
  EXPECT_EQ(picture.at<cv::Vec3b>(0, 2)[0], 255);
  EXPECT_EQ(picture.at<cv::Vec3b>(0, 3)[0], 0);
}

TEST(Tensors, APictureOfNoNumbersIsAnError) {
  const float nothing = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(to_shades(at::tensor({0.5F, nothing, 0.5F}).reshape({3, 1, 1})), ItemError);
}

TEST(Tensors, PointsKeepTheirOrder) {
  const auto points = to_points(at::tensor({1.0F, 2.0F, 3.0F, 4.0F}).reshape({2, 2}));
  EXPECT_EQ(points, (std::vector<cv::Point2f>{{1, 2}, {3, 4}}));
}

}  // namespace
}  // namespace magicface::pipeline
