// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "codecs.hpp"
#include "jpeg_session.hpp"

namespace magicface::image {
namespace {

/// A scan of a hundred bytes costs a pass over the whole picture. Encoders write about ten, and a picture has 192
/// coefficients that one could be spent on; libjpeg-turbo advises applications to set a limit.
constexpr int kMostScans = 500;

class Decompressor {
 public:
  Decompressor() {
    jpeg_.err = errors.manager();
    errors.guarded([&] { jpeg_create_decompress(&jpeg_); });
    progress_.owner = this;
    progress_.manager.progress_monitor = [](j_common_ptr jpeg) {
      auto& self = *reinterpret_cast<Progress*>(jpeg->progress)->owner;
      if (self.jpeg_.input_scan_number > kMostScans) {
        self.errors.give_up("a JPEG of more than 500 scans, which no camera or editor writes; export it again");
      }
    };
    jpeg_.progress = &progress_.manager;
  }
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;
  ~Decompressor() { jpeg_destroy_decompress(&jpeg_); }
  jpeg_decompress_struct* get() { return &jpeg_; }

  JpegErrors errors;

 private:
  struct Progress {
    jpeg_progress_mgr manager;  // first, so that libjpeg's pointer is also ours
    Decompressor* owner;
  };
  jpeg_decompress_struct jpeg_{};
  Progress progress_{};
};

/// The coding of the source, as far as an encoder can repeat it.
JpegCoding coding_of(const jpeg_decompress_struct& jpeg) {
  JpegCoding coding;
  for (int i = 0; i < jpeg.num_components; ++i) {
    const auto* stored = jpeg.quant_tbl_ptrs[jpeg.comp_info[i].quant_tbl_no & (NUM_QUANT_TBLS - 1)];
    if (stored == nullptr) return {};
    JpegCoding::Table table;
    std::copy(std::begin(stored->quantval), std::end(stored->quantval), table.begin());
    coding.tables.push_back(table);
  }
  coding.progressive = jpeg.progressive_mode != 0;
  if (jpeg.num_components == 3) {
    const auto& luma = jpeg.comp_info[0];
    const auto& chroma = jpeg.comp_info[1];
    coding.luma_across = std::max(1, luma.h_samp_factor / std::max(1, chroma.h_samp_factor));
    coding.luma_down = std::max(1, luma.v_samp_factor / std::max(1, chroma.v_samp_factor));
  }
  return coding;
}

std::optional<Metadata::Density> density_of(const jpeg_decompress_struct& jpeg) {
  constexpr int kPerInch = 1, kPerCentimetre = 2;
  const double unit = jpeg.density_unit == kPerInch ? 1 / 0.0254 : jpeg.density_unit == kPerCentimetre ? 100 : 0;
  if (jpeg.saw_JFIF_marker == 0 || unit == 0 || jpeg.X_density == 0 || jpeg.Y_density == 0) return std::nullopt;
  return Metadata::Density{jpeg.X_density * unit, jpeg.Y_density * unit};
}

Metadata metadata_of(Decompressor& decompressor) {
  auto* jpeg = decompressor.get();
  Metadata metadata;
  for (const auto* marker = jpeg->marker_list; marker != nullptr; marker = marker->next) {
    const ByteReader data({marker->data, marker->data_length}, false);
    const auto rest = [&](std::string_view prefix) {
      const auto part = data.part(prefix.size(), data.size());
      return std::vector<std::uint8_t>(part.begin(), part.end());
    };
    if (data.matches(0, kExifPrefix) && metadata.exif.empty()) metadata.exif = rest(kExifPrefix);
    if (data.matches(0, kXmpPrefix) && metadata.xmp.empty()) metadata.xmp = rest(kXmpPrefix);
    auto& notes = metadata.jpeg_notes;
    if (marker->marker == JPEG_COM) notes.comments.push_back(rest(""));
    if (marker->marker == JPEG_APP0 + 13 && data.matches(0, kPhotoshopPrefix)) {
      const auto more = rest(kPhotoshopPrefix);  // large ones are spread over several markers
      notes.photoshop.insert(notes.photoshop.end(), more.begin(), more.end());
    }
  }
  JOCTET* profile = nullptr;
  unsigned length = 0;
  if (jpeg_read_icc_profile(jpeg, &profile, &length) != 0) {
    metadata.icc.assign(profile, profile + length);
    std::free(profile);
  }
  metadata.density = density_of(*jpeg);
  metadata.coding.jpeg = coding_of(*jpeg);
  return metadata;
}

}  // namespace

Decoded decode_jpeg(Bytes bytes, cv::Size expected) {
  Decompressor decompressor;
  auto* jpeg = decompressor.get();
  auto& errors = decompressor.errors;
  errors.guarded([&] {
    jpeg_mem_src(jpeg, bytes.data(), bytes.size());
    for (const int marker : {JPEG_APP0 + 1, JPEG_APP0 + 2, JPEG_APP0 + 13, JPEG_COM})
      jpeg_save_markers(jpeg, marker, 0xFFFF);
    jpeg_read_header(jpeg, TRUE);
  });
  check_size(expected, jpeg->image_width, jpeg->image_height);
  if (jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK) {
    throw CodecError("a JPEG in CMYK (for printing); convert it to RGB with its colour profile and save it again");
  }
  jpeg->out_color_space = jpeg->num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  errors.guarded([&] { jpeg_start_decompress(jpeg); });
  Decoded decoded;
  decoded.metadata = metadata_of(decompressor);
  decoded.pixels.create(expected, CV_8UC(jpeg->output_components));
  errors.guarded([&] {
    while (jpeg->output_scanline < jpeg->output_height) {
      JSAMPROW row = decoded.pixels.ptr(static_cast<int>(jpeg->output_scanline));
      jpeg_read_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_decompress(jpeg);
  });
  if (!errors.damage().empty())
    throw CodecError("damaged or cut short (" + errors.damage() + "); copy or export it again");
  return decoded;
}

}  // namespace magicface::image
