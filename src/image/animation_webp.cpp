// SPDX-License-Identifier: Apache-2.0
#include <webp/encode.h>
#include <webp/mux.h>

#include <memory>
#include <string>

#include "animation_writers.hpp"
#include "magicface/core/error.hpp"

namespace magicface::image {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw ItemError("animated WebP can't be written (" + what + "); give a .gif name");
}

struct Deleter {
  void operator()(WebPAnimEncoder* encoder) const { WebPAnimEncoderDelete(encoder); }
};

/// A WebPPicture with its memory.
struct Frame {
  Frame(const cv::Mat& rgb) {
    if (WebPPictureInit(&picture) == 0) fail("another version of libwebp is installed than at build time");
    picture.use_argb = 1;
    picture.width = rgb.cols;
    picture.height = rgb.rows;
    if (WebPPictureImportRGB(&picture, rgb.data, static_cast<int>(rgb.step[0])) == 0) fail("out of memory");
  }
  ~Frame() { WebPPictureFree(&picture); }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  WebPPicture picture;
};

}  // namespace

std::vector<std::uint8_t> write_webp(const std::vector<cv::Mat>& frames, const AnimationOptions& options) {
  WebPAnimEncoderOptions animation;
  WebPConfig config;
  if (WebPAnimEncoderOptionsInit(&animation) == 0 || WebPConfigInit(&config) == 0) {
    fail("another version of libwebp is installed than at build time");
  }
  animation.anim_params.loop_count = 0;  // for ever
  config.quality = static_cast<float>(options.quality);
  config.use_sharp_yuv = 1;  // lips are small: halved colour bleeds
  const std::unique_ptr<WebPAnimEncoder, Deleter> encoder(
      WebPAnimEncoderNew(frames[0].cols, frames[0].rows, &animation));
  if (!encoder) fail("out of memory");
  int time = 0;
  for (const auto& rgb : frames) {
    Frame frame(rgb);
    if (WebPAnimEncoderAdd(encoder.get(), &frame.picture, time, &config) == 0)
      fail(WebPAnimEncoderGetError(encoder.get()));
    time += options.frame_ms;
  }
  WebPAnimEncoderAdd(encoder.get(), nullptr, time, nullptr);  // the end of the last frame
  WebPData data;
  WebPDataInit(&data);
  if (WebPAnimEncoderAssemble(encoder.get(), &data) == 0) fail(WebPAnimEncoderGetError(encoder.get()));
  std::vector<std::uint8_t> bytes(data.bytes, data.bytes + data.size);
  WebPDataClear(&data);
  return bytes;
}

}  // namespace magicface::image
