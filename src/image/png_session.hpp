// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <png.h>

#include <string>

#include "codecs.hpp"

namespace magicface::image {

inline constexpr const char* kXmpKeyword = "XML:com.adobe.xmp";
inline constexpr const char* kParametersKeyword = "parameters";

/// libpng's objects for one file. libpng leaves a failed call with longjmp, which skips destructors: every call that
/// may fail goes through `guarded`, whose action must own nothing.
class PngSession {
 public:
  enum class Direction { read, write };

  explicit PngSession(Direction direction) : reading_(direction == Direction::read) {
    png_ = reading_ ? png_create_read_struct(PNG_LIBPNG_VER_STRING, this, &on_error, &on_warning)
                    : png_create_write_struct(PNG_LIBPNG_VER_STRING, this, &on_error, &on_warning);
    info_ = png_ == nullptr ? nullptr : png_create_info_struct(png_);
    if (info_ == nullptr) throw CodecError("libpng can't be started");
    // Harmless oddities (the sRGB profiles that old Photoshops wrote) aren't errors, and nothing goes to stderr.
    png_set_benign_errors(png_, 1);
    png_set_option(png_, PNG_SKIP_sRGB_CHECK_PROFILE, PNG_OPTION_ON);
  }
  PngSession(const PngSession&) = delete;
  PngSession& operator=(const PngSession&) = delete;
  ~PngSession() {
    if (reading_) {
      png_destroy_read_struct(&png_, &info_, nullptr);
    } else {
      png_destroy_write_struct(&png_, &info_);
    }
  }

  png_structp png() { return png_; }
  png_infop info() { return info_; }

  template <typename Action>
  void guarded(const Action& action) {
    if (setjmp(png_jmpbuf(png_)) != 0) throw CodecError(problem_);
    action();
  }

 private:
  [[noreturn]] static void on_error(png_structp png, png_const_charp message) {
    static_cast<PngSession*>(png_get_error_ptr(png))->problem_ = message;
    png_longjmp(png, 1);
  }
  static void on_warning(png_structp, png_const_charp) {}

  bool reading_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::string problem_;
};

}  // namespace magicface::image
