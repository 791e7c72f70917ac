// SPDX-License-Identifier: Apache-2.0
#pragma once

// jpeglib.h uses FILE and size_t without declaring them.
// clang-format off
#include <csetjmp>
#include <cstdio>
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include <string>
#include <string_view>

#include "codecs.hpp"

namespace magicface::image {

using namespace std::string_view_literals;
inline constexpr std::string_view kExifPrefix = "Exif\0\0"sv;
inline constexpr std::string_view kXmpPrefix = "http://ns.adobe.com/xap/1.0/\0"sv;
inline constexpr std::string_view kPhotoshopPrefix = "Photoshop 3.0\0"sv;
inline constexpr std::size_t kMostMarkerBytes = 65533;

/// Receives libjpeg's errors. It leaves a failed call with longjmp, which skips destructors: every call that may fail
/// goes through `guarded`, whose action must own nothing.
class JpegErrors {
 public:
  jpeg_error_mgr* manager() {
    jpeg_std_error(&base_.manager);
    base_.owner = this;
    base_.manager.error_exit = [](j_common_ptr jpeg) {
      auto& errors = owner_of(jpeg);
      errors.keep_message(jpeg);
      std::longjmp(errors.escape_, 1);
    };
    base_.manager.emit_message = [](j_common_ptr jpeg, int level) {
      if (level < 0) owner_of(jpeg).on_warning(jpeg);
    };
    base_.manager.output_message = [](j_common_ptr) {};
    return &base_.manager;
  }

  template <typename Action>
  void guarded(const Action& action) {
    if (setjmp(escape_) != 0) throw CodecError(problem_);
    action();
  }

  /// Leaves the call that is on its way, from inside one of libjpeg's callbacks.
  [[noreturn]] void give_up(const char* reason) {
    problem_ = reason;
    std::longjmp(escape_, 1);
  }

  /// What libjpeg went on from, filling up with grey: the pixels aren't those of the photographer. Empty: nothing.
  const std::string& damage() const { return damage_; }

 private:
  struct Base {
    jpeg_error_mgr manager;  // first, so that libjpeg's pointer is also ours
    JpegErrors* owner;
  };
  static JpegErrors& owner_of(j_common_ptr jpeg) { return *reinterpret_cast<Base*>(jpeg->err)->owner; }

  void keep_message(j_common_ptr jpeg) {
    char text[JMSG_LENGTH_MAX];
    base_.manager.format_message(jpeg, text);
    problem_ = text;
  }
  void on_warning(j_common_ptr jpeg) {
    switch (base_.manager.msg_code) {
      case JWRN_JPEG_EOF:
      case JWRN_HIT_MARKER:
      case JWRN_HUFF_BAD_CODE:
      case JWRN_ARITH_BAD_CODE:
      case JWRN_MUST_RESYNC:
        keep_message(jpeg);
        damage_ = problem_;
        break;
      default:  // bytes between segments and the like: cameras write them
        break;
    }
  }

  Base base_{};
  std::jmp_buf escape_{};
  std::string problem_, damage_;
};

}  // namespace magicface::image
