// SPDX-License-Identifier: Apache-2.0
#include "tiff_session.hpp"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace magicface::image {

/// libtiff's view of a session: a file that can be read, written and searched.
struct TiffMemory {
  static TiffSession& session(thandle_t handle) { return *static_cast<TiffSession*>(handle); }

  static Bytes content(const TiffSession& session) {
    return session.file_ != nullptr ? Bytes(*session.file_) : session.source_;
  }
  static tmsize_t read(thandle_t handle, void* to, tmsize_t count) {
    auto& s = session(handle);
    const auto part = ByteReader(content(s), true).part(s.at_, static_cast<std::size_t>(count));
    if (!part.empty()) std::memcpy(to, part.data(), part.size());
    s.at_ += part.size();
    return static_cast<tmsize_t>(part.size());
  }
  static tmsize_t write(thandle_t handle, void* from, tmsize_t count) {
    auto& s = session(handle);
    if (s.file_ == nullptr) return -1;
    const auto size = static_cast<std::uint64_t>(count);
    if (s.at_ + size > s.file_->size()) s.file_->resize(s.at_ + size);
    std::memcpy(s.file_->data() + s.at_, from, size);
    s.at_ += size;
    return count;
  }
  static toff_t seek(thandle_t handle, toff_t offset, int whence) {
    auto& s = session(handle);
    s.at_ = offset + (whence == SEEK_CUR ? s.at_ : whence == SEEK_END ? content(s).size() : 0);
    return s.at_;
  }
  static int close(thandle_t) { return 0; }
  static toff_t size(thandle_t handle) { return content(session(handle)).size(); }

  /// libtiff's handlers are global; ours keep the first complaint of each session and print nothing.
  __attribute__((format(printf, 3, 0))) static void on_error(thandle_t handle, const char*, const char* format,
                                                             va_list arguments) {
    if (handle == nullptr || !session(handle).problem_.empty()) return;
    char text[256];
    std::vsnprintf(text, sizeof(text), format, arguments);
    session(handle).problem_ = text;
    std::replace(session(handle).problem_.begin(), session(handle).problem_.end(), '\n', ' ');
  }
  static TIFF* open(TiffSession& session, const char* mode) {
    static const bool quiet = [] {
      TIFFSetErrorHandler(nullptr);
      TIFFSetWarningHandler(nullptr);
      TIFFSetErrorHandlerExt(&on_error);
      return true;
    }();
    static_cast<void>(quiet);
    return TIFFClientOpen("picture", mode, &session, &read, &write, &seek, &close, &size, nullptr, nullptr);
  }
};

TiffSession::TiffSession(Bytes bytes) : source_(bytes) {
  tiff_ = TiffMemory::open(*this, "rm");
  if (tiff_ == nullptr) fail("the header is damaged");
}

TiffSession::TiffSession(std::vector<std::uint8_t>& file) : file_(&file) {
  tiff_ = TiffMemory::open(*this, "wl");
  if (tiff_ == nullptr) fail("libtiff can't begin a file");
}

void TiffSession::close() {
  if (tiff_ != nullptr) TIFFClose(tiff_);
  tiff_ = nullptr;
}

void TiffSession::fail(const std::string& otherwise) const {
  throw CodecError("damaged, cut short or unusual (" + (problem_.empty() ? otherwise : problem_) +
                   "); export the picture again");
}

std::vector<std::uint8_t> TiffSession::bytes_of(std::uint32_t tag) {
  std::uint32_t count = 0;
  const std::uint8_t* data = nullptr;
  if (TIFFGetField(tiff_, tag, &count, &data) == 0 || data == nullptr) return {};
  return {data, data + count};
}

}  // namespace magicface::image
