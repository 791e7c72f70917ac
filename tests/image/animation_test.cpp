// SPDX-License-Identifier: Apache-2.0
#include "magicface/image/animation.hpp"

#include <gif_lib.h>
#include <gtest/gtest.h>
#include <webp/demux.h>

#include <cstring>
#include <opencv2/core.hpp>

#include "magicface/core/error.hpp"
#include "palette.hpp"

namespace magicface::image {
namespace {

/// A horizontal ramp of many colours with a square that moves.
std::vector<cv::Mat> frames(int count, cv::Size size = {48, 32}) {
  std::vector<cv::Mat> made;
  for (int i = 0; i < count; ++i) {
    cv::Mat frame(size, CV_8UC3);
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        frame.at<cv::Vec3b>(y, x) = cv::Vec3b(static_cast<uchar>(x * 5), static_cast<uchar>(y * 7), 90);
      }
    }
    frame(cv::Rect(4 + 8 * i, 8, 6, 6)).setTo(cv::Scalar(250, 20, 20));
    made.push_back(frame);
  }
  return made;
}

double mean_difference(const cv::Mat& a, const cv::Mat& b) {
  return cv::norm(a, b, cv::NORM_L1) / (3.0 * static_cast<double>(a.total()));
}

struct Source {
  const std::vector<std::uint8_t>& bytes;
  std::size_t at = 0;
};
int read_source(GifFileType* file, GifByteType* into, int count) {
  auto& source = *static_cast<Source*>(file->UserData);
  const auto size = std::min<std::size_t>(static_cast<std::size_t>(count), source.bytes.size() - source.at);
  std::memcpy(into, source.bytes.data() + source.at, size);
  source.at += size;
  return static_cast<int>(size);
}

TEST(Animation, GifHoldsTheFramesTheirTimeAndLoops) {
  const auto made = frames(3);
  const auto bytes = encode_animation(made, AnimationFormat::gif, {200, 90});
  EXPECT_NE(std::string(bytes.begin(), bytes.end()).find("NETSCAPE2.0"), std::string::npos);
  Source source{bytes};
  int code = 0;
  GifFileType* gif = DGifOpen(&source, read_source, &code);
  ASSERT_NE(gif, nullptr);
  ASSERT_EQ(DGifSlurp(gif), GIF_OK);
  ASSERT_EQ(gif->ImageCount, 3);
  EXPECT_EQ(gif->SWidth, 48);
  for (int i = 0; i < 3; ++i) {
    GraphicsControlBlock control;
    ASSERT_EQ(DGifSavedExtensionToGCB(gif, i, &control), GIF_OK);
    EXPECT_EQ(control.DelayTime, 20);
    cv::Mat shown(32, 48, CV_8UC3);
    for (int pixel = 0; pixel < 32 * 48; ++pixel) {
      const auto& colour = gif->SColorMap->Colors[gif->SavedImages[i].RasterBits[pixel]];
      shown.at<cv::Vec3b>(pixel / 48, pixel % 48) = cv::Vec3b(colour.Red, colour.Green, colour.Blue);
    }
    EXPECT_LT(mean_difference(shown, made[static_cast<std::size_t>(i)]), 6) << i;
  }
  DGifCloseFile(gif, &code);
}

TEST(Animation, WebpHoldsTheFramesTheirTimeAndLoops) {
  const auto made = frames(3);
  const auto bytes = encode_animation(made, AnimationFormat::webp, {200, 95});
  const WebPData data{bytes.data(), bytes.size()};
  WebPAnimDecoderOptions options;
  WebPAnimDecoderOptionsInit(&options);
  options.color_mode = MODE_RGBA;
  WebPAnimDecoder* decoder = WebPAnimDecoderNew(&data, &options);
  ASSERT_NE(decoder, nullptr);
  WebPAnimInfo info;
  WebPAnimDecoderGetInfo(decoder, &info);
  EXPECT_EQ(info.frame_count, 3U);
  EXPECT_EQ(info.loop_count, 0U);
  for (int i = 0; i < 3; ++i) {
    std::uint8_t* pixels = nullptr;
    int time = 0;
    ASSERT_NE(WebPAnimDecoderGetNext(decoder, &pixels, &time), 0);
    EXPECT_EQ(time, 200 * (i + 1));
    const cv::Mat rgba(32, 48, CV_8UC4, pixels);
    cv::Mat rgb(32, 48, CV_8UC3);
    cv::mixChannels(rgba, rgb, {0, 0, 1, 1, 2, 2});
    EXPECT_LT(mean_difference(rgb, made[static_cast<std::size_t>(i)]), 6) << i;
  }
  WebPAnimDecoderDelete(decoder);
}

TEST(Animation, EqualFramesGiveEqualBytes) {
  for (const auto format : {AnimationFormat::gif, AnimationFormat::webp}) {
    EXPECT_EQ(encode_animation(frames(2), format), encode_animation(frames(2), format));
  }
}

TEST(Animation, WhatDoesNotMoveDoesNotFlicker) {
  const auto made = frames(2);
  Palette palette(made);
  EXPECT_EQ(palette.colours().size(), 256U);
  const auto first = palette.indices_of(made[0]);
  const auto second = palette.indices_of(made[1]);
  const cv::Rect still(24, 0, 24, 32);
  EXPECT_EQ(cv::norm(first(still), second(still), cv::NORM_L1), 0);
}

TEST(Animation, FewColoursStayExact) {
  cv::Mat flag(8, 8, CV_8UC3, cv::Scalar(255, 255, 255));
  flag.rowRange(0, 4).setTo(cv::Scalar(13, 77, 201));
  Palette palette(std::vector<cv::Mat>{flag});
  ASSERT_EQ(palette.colours().size(), 2U);
  const auto indices = palette.indices_of(flag);
  EXPECT_EQ(palette.colours()[indices.at<uchar>(0, 0)], cv::Vec3b(13, 77, 201));
  EXPECT_EQ(palette.colours()[indices.at<uchar>(7, 7)], cv::Vec3b(255, 255, 255));
}

TEST(Animation, FormatsByName) {
  EXPECT_EQ(animation_format_of_path("a/sweep.GIF"), AnimationFormat::gif);
  EXPECT_EQ(animation_format_of_path("sweep.webp"), AnimationFormat::webp);
  EXPECT_THROW(animation_format_of_path("sweep"), UsageError);
  EXPECT_THROW(animation_format_of_path("sweep.mkv"), UsageError);
  try {
    animation_format_of_path("sweep.mp4");
    FAIL() << "the film writer lies beside the program, not beside this test";
  } catch (const UsageError& problem) {
    EXPECT_NE(std::string(problem.what()).find("give a .gif or .webp name"), std::string::npos);
  }
}

TEST(Animation, RefusesWhatDoesNotFit) {
  auto made = frames(2);
  EXPECT_THROW(encode_animation({made[0]}, AnimationFormat::gif), ItemError);
  EXPECT_THROW(encode_animation(made, AnimationFormat::gif, {5, 90}), UsageError);
  EXPECT_THROW(encode_animation(made, AnimationFormat::webp, {100, 0}), UsageError);
  made[1] = frames(1, {40, 32})[0];
  EXPECT_THROW(encode_animation(made, AnimationFormat::webp), ItemError);
}

}  // namespace
}  // namespace magicface::image
