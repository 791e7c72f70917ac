// SPDX-License-Identifier: Apache-2.0
#include <gif_lib.h>

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "animation_writers.hpp"
#include "magicface/core/error.hpp"
#include "palette.hpp"

namespace magicface::image {
namespace {

using Bytes = std::vector<std::uint8_t>;

[[noreturn]] void fail(int code) {
  const char* reason = GifErrorString(code);
  throw ItemError(std::string("animated GIF can't be written (") + (reason == nullptr ? "unknown reason" : reason) +
                  "); give a .webp name");
}

int append(GifFileType* file, const GifByteType* data, int size) {
  auto& bytes = *static_cast<Bytes*>(file->UserData);
  bytes.insert(bytes.end(), data, data + size);
  return size;
}

/// An open GIF; whatever fails is told by the file's own error code.
class GifFile {
 public:
  explicit GifFile(Bytes& bytes) {
    int code = 0;
    file_ = EGifOpen(&bytes, append, &code);
    if (file_ == nullptr) fail(code);
    EGifSetGifVersion(file_, true);
  }
  ~GifFile() {
    int code = 0;
    if (file_ != nullptr) EGifCloseFile(file_, &code);
  }
  GifFile(const GifFile&) = delete;
  GifFile& operator=(const GifFile&) = delete;

  void begin(cv::Size size, const Palette& palette) {
    // A colour map's size is a power of two.
    int count = 2;
    while (count < static_cast<int>(palette.colours().size())) count *= 2;
    std::vector<GifColorType> colours(static_cast<std::size_t>(count), GifColorType{0, 0, 0});
    for (std::size_t i = 0; i < palette.colours().size(); ++i) {
      colours[i] = {palette.colours()[i][0], palette.colours()[i][1], palette.colours()[i][2]};
    }
    const std::unique_ptr<ColorMapObject, decltype(&GifFreeMapObject)> map(GifMakeMapObject(count, colours.data()),
                                                                           GifFreeMapObject);
    check(EGifPutScreenDesc(file_, size.width, size.height, 8, 0, map.get()));
    loop_for_ever();
  }

  void frame(const cv::Mat& indices, int hundredths) {
    const GraphicsControlBlock control{DISPOSE_DO_NOT, false, hundredths, NO_TRANSPARENT_COLOR};
    std::array<GifByteType, 4> block{};
    EGifGCBToExtension(&control, block.data());
    check(EGifPutExtension(file_, GRAPHICS_EXT_FUNC_CODE, static_cast<int>(block.size()), block.data()));
    check(EGifPutImageDesc(file_, 0, 0, indices.cols, indices.rows, false, nullptr));
    for (int y = 0; y < indices.rows; ++y) {
      check(EGifPutLine(file_, const_cast<GifPixelType*>(indices.ptr<GifPixelType>(y)), indices.cols));
    }
  }

  void end() {
    int code = 0;
    if (EGifCloseFile(std::exchange(file_, nullptr), &code) == GIF_ERROR) fail(code);
  }

 private:
  /// Netscape's extension, which every viewer knows: block 1 holds the number of repetitions, 0 for ever.
  void loop_for_ever() {
    const std::array<GifByteType, 3> repetitions{1, 0, 0};
    check(EGifPutExtensionLeader(file_, APPLICATION_EXT_FUNC_CODE));
    check(EGifPutExtensionBlock(file_, 11, "NETSCAPE2.0"));
    check(EGifPutExtensionBlock(file_, static_cast<int>(repetitions.size()), repetitions.data()));
    check(EGifPutExtensionTrailer(file_));
  }
  void check(int result) {
    if (result == GIF_ERROR) fail(file_->Error);
  }

  GifFileType* file_ = nullptr;
};

}  // namespace

Bytes write_gif(const std::vector<cv::Mat>& frames, const AnimationOptions& options) {
  Bytes bytes;
  Palette palette(frames);
  GifFile file(bytes);
  file.begin(frames[0].size(), palette);
  for (const auto& frame : frames) file.frame(palette.indices_of(frame), (options.frame_ms + 5) / 10);
  file.end();
  return bytes;
}

}  // namespace magicface::image
