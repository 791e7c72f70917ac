// SPDX-License-Identifier: Apache-2.0
#include "magicface/image/metadata.hpp"

#include "codecs.hpp"
#include "exif.hpp"
#include "photoshop.hpp"
#include "xmp.hpp"

namespace magicface::image {

void settle_metadata(Metadata& metadata, cv::Size size) {
  settle_exif(metadata.exif, size);
  settle_xmp(metadata.xmp, size);
  settle_photoshop(metadata.jpeg_notes.photoshop);
}

Metadata without_descriptions(const Metadata& metadata) {
  Metadata bare;
  bare.icc = metadata.icc;
  bare.png_colour = metadata.png_colour;
  bare.grey = metadata.grey;
  bare.coding = metadata.coding;
  return bare;
}

void declare_composite(Metadata& metadata) { declare_composite(metadata.xmp); }

Bytes profile_for(const Metadata& metadata, const cv::Mat& pixels) {
  constexpr std::size_t kColourSpaceAt = 16;  // of the profile's header (ICC.1, 7.2)
  const bool fits = ByteReader(metadata.icc, false).matches(kColourSpaceAt, is_grey(pixels) ? "GRAY" : "RGB ");
  return fits ? Bytes(metadata.icc) : Bytes();
}

}  // namespace magicface::image
