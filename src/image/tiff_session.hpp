// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tiffio.h>

#include <string>

#include "codecs.hpp"

namespace magicface::image {

/// A TIFF in memory, open in libtiff. Reading fails as CodecError with libtiff's own first complaint.
class TiffSession {
 public:
  /// For reading. @throws CodecError
  explicit TiffSession(Bytes bytes);
  /// For writing into `file`; it is whole after `close`.
  explicit TiffSession(std::vector<std::uint8_t>& file);
  TiffSession(const TiffSession&) = delete;
  TiffSession& operator=(const TiffSession&) = delete;
  ~TiffSession() { close(); }

  TIFF* get() { return tiff_; }
  void close();
  /// @throws CodecError with what libtiff said.
  [[noreturn]] void fail(const std::string& otherwise) const;

  /// A tag's value or its default. `Value` must be what libtiff's documentation says the tag has.
  template <typename Value>
  Value value(std::uint32_t tag) {
    Value found{};
    TIFFGetFieldDefaulted(tiff_, tag, &found);
    return found;
  }
  /// A tag of bytes with their count; empty without it.
  std::vector<std::uint8_t> bytes_of(std::uint32_t tag);

 private:
  friend struct TiffMemory;
  Bytes source_;
  std::vector<std::uint8_t>* file_ = nullptr;
  std::uint64_t at_ = 0;
  std::string problem_;
  TIFF* tiff_ = nullptr;
};

}  // namespace magicface::image
