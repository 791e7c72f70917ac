// SPDX-License-Identifier: Apache-2.0
#include <webp/decode.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include <memory>

#include "codecs.hpp"

namespace magicface::image {
namespace {

using Mux = std::unique_ptr<WebPMux, decltype(&WebPMuxDelete)>;

std::vector<std::uint8_t> chunk_of(const WebPMux* mux, const char* name) {
  WebPData chunk{};
  if (mux == nullptr || WebPMuxGetChunk(mux, name, &chunk) != WEBP_MUX_OK) return {};
  return {chunk.bytes, chunk.bytes + chunk.size};
}

void set_chunk(WebPMux* mux, const char* name, Bytes bytes) {
  const WebPData chunk{bytes.data(), bytes.size()};
  constexpr int kCopy = 1;
  if (!bytes.empty() && WebPMuxSetChunk(mux, name, &chunk, kCopy) != WEBP_MUX_OK) {
    throw CodecError(std::string("the ") + name + " chunk can't be added");
  }
}

WebPConfig config_of(const Metadata& metadata, std::optional<int> quality) {
  WebPConfig config;
  if (WebPConfigPreset(&config, WEBP_PRESET_PHOTO, static_cast<float>(quality.value_or(kDefaultQuality))) == 0) {
    throw CodecError("libwebp of another version");
  }
  config.exact = 1;  // colours under transparent pixels are pixels too
  if (metadata.coding.webp_lossless && !quality) WebPConfigLosslessPreset(&config, 6);
  return config;
}

/// The bare image stream; WebPEncode cleans up nothing on failure, so both parts are owned here.
class Encoder {
 public:
  Encoder() {
    if (WebPPictureInit(&picture_) == 0) throw CodecError("libwebp of another version");
    WebPMemoryWriterInit(&writer_);
  }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;
  ~Encoder() {
    WebPPictureFree(&picture_);
    WebPMemoryWriterClear(&writer_);
  }

  WebPData encode(const cv::Mat& pixels, const WebPConfig& config) {
    picture_.use_argb = config.lossless;
    picture_.width = pixels.cols;
    picture_.height = pixels.rows;
    const int stride = static_cast<int>(pixels.step);
    const int imported = has_alpha(pixels) ? WebPPictureImportRGBA(&picture_, pixels.ptr(), stride)
                                           : WebPPictureImportRGB(&picture_, pixels.ptr(), stride);
    picture_.writer = &WebPMemoryWrite;
    picture_.custom_ptr = &writer_;
    if (imported == 0 || WebPEncode(&config, &picture_) == 0) {
      throw CodecError("libwebp's error " + std::to_string(picture_.error_code));
    }
    return {writer_.mem, writer_.size};
  }

 private:
  WebPPicture picture_;
  WebPMemoryWriter writer_;
};

}  // namespace

Decoded decode_webp(Bytes bytes, cv::Size expected) {
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(bytes.data(), bytes.size(), &features) != VP8_STATUS_OK) throw CodecError("damaged header");
  check_size(expected, features.width, features.height);
  Decoded decoded;
  decoded.pixels.create(expected, features.has_alpha != 0 ? CV_8UC4 : CV_8UC3);
  const auto size = decoded.pixels.step * static_cast<std::size_t>(decoded.pixels.rows);
  const auto decode = features.has_alpha != 0 ? &WebPDecodeRGBAInto : &WebPDecodeRGBInto;
  if (decode(bytes.data(), bytes.size(), decoded.pixels.data, size, static_cast<int>(decoded.pixels.step)) == nullptr) {
    throw CodecError("damaged or cut short; copy or export it again");
  }
  const WebPData file{bytes.data(), bytes.size()};
  constexpr int kNoCopy = 0;
  const Mux mux(WebPMuxCreate(&file, kNoCopy), &WebPMuxDelete);
  decoded.metadata.icc = chunk_of(mux.get(), "ICCP");
  decoded.metadata.exif = chunk_of(mux.get(), "EXIF");
  decoded.metadata.xmp = chunk_of(mux.get(), "XMP ");
  constexpr int kLossless = 2;
  decoded.metadata.coding.webp_lossless = features.format == kLossless;
  return decoded;
}

std::vector<std::uint8_t> encode_webp(const cv::Mat& pixels, const Metadata& metadata, std::optional<int> quality) {
  if (pixels.cols > WEBP_MAX_DIMENSION || pixels.rows > WEBP_MAX_DIMENSION) {
    throw CodecError("WebP holds " + std::to_string(WEBP_MAX_DIMENSION) + " on a side");
  }
  Encoder encoder;
  const WebPData stream = encoder.encode(pixels, config_of(metadata, quality));
  const Bytes profile = profile_for(metadata, pixels);
  if (profile.empty() && metadata.exif.empty() && metadata.xmp.empty())
    return {stream.bytes, stream.bytes + stream.size};
  constexpr int kNoCopy = 0;
  const Mux mux(WebPMuxNew(), &WebPMuxDelete);
  if (!mux || WebPMuxSetImage(mux.get(), &stream, kNoCopy) != WEBP_MUX_OK) throw CodecError("libwebpmux refused it");
  set_chunk(mux.get(), "ICCP", profile);
  set_chunk(mux.get(), "EXIF", metadata.exif);
  set_chunk(mux.get(), "XMP ", metadata.xmp);
  WebPData file{};
  const auto status = WebPMuxAssemble(mux.get(), &file);
  const std::unique_ptr<WebPData, decltype(&WebPDataClear)> owner(&file, &WebPDataClear);
  if (status != WEBP_MUX_OK) throw CodecError("libwebpmux can't assemble the file");
  return {file.bytes, file.bytes + file.size};
}

}  // namespace magicface::image
