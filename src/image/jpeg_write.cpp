// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "codecs.hpp"
#include "jpeg_session.hpp"
#include "xmp.hpp"

namespace magicface::image {
namespace {

class Compressor {
 public:
  Compressor() {
    jpeg_.err = errors.manager();
    errors.guarded([&] {
      jpeg_create_compress(&jpeg_);
      jpeg_mem_dest(&jpeg_, &file_, &size_);
    });
  }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
  ~Compressor() {
    jpeg_destroy_compress(&jpeg_);
    std::free(file_);
  }
  jpeg_compress_struct* get() { return &jpeg_; }
  std::vector<std::uint8_t> file() const { return {file_, file_ + size_}; }

  JpegErrors errors;

 private:
  jpeg_compress_struct jpeg_{};
  unsigned char* file_ = nullptr;
  unsigned long size_ = 0;
};

/// At high quality the colours are kept at full resolution: lips and eyes are small.
constexpr int kFullColourFrom = 90;

void set_sampling(jpeg_compress_struct* jpeg, int across, int down) {
  const bool usual = (across == 1 || across == 2 || across == 4) && (down == 1 || down == 2);
  jpeg->comp_info[0].h_samp_factor = usual ? across : 1;
  jpeg->comp_info[0].v_samp_factor = usual ? down : 1;
}

void set_coding(jpeg_compress_struct* jpeg, const std::optional<JpegCoding>& source, std::optional<int> quality) {
  const bool alike = source && source->tables.size() == static_cast<std::size_t>(jpeg->num_components);
  jpeg_set_quality(jpeg, quality.value_or(kDefaultQuality), TRUE);
  if (alike && !quality) {
    // The source's own tables: what wasn't edited falls on the same steps again and hardly loses a second time.
    for (int i = 0; i < jpeg->num_components; ++i) {
      const auto first =
          std::find(source->tables.begin(), source->tables.end(), source->tables[static_cast<std::size_t>(i)]);
      const auto slot = static_cast<int>(first - source->tables.begin());  // Cb and Cr mostly share one
      jpeg->comp_info[i].quant_tbl_no = slot;
      if (slot != i) continue;
      std::array<unsigned, 64> table;
      std::copy(source->tables[static_cast<std::size_t>(i)].begin(), source->tables[static_cast<std::size_t>(i)].end(),
                table.begin());
      jpeg_add_quant_table(jpeg, slot, table.data(), 100, FALSE);
    }
  }
  if (jpeg->num_components == 3) {
    const int halves = quality.value_or(kDefaultQuality) >= kFullColourFrom ? 1 : 2;
    set_sampling(jpeg, alike ? source->luma_across : halves, alike ? source->luma_down : halves);
  }
  if (alike && source->progressive) jpeg_simple_progression(jpeg);
}

void set_density(jpeg_compress_struct* jpeg, const std::optional<Metadata::Density>& density) {
  constexpr double kMetresPerInch = 0.0254;
  if (!density) return;
  const auto per_inch = [](double value) {
    return static_cast<UINT16>(std::clamp(std::lround(value * kMetresPerInch), 1L, 65535L));
  };
  jpeg->density_unit = 1;
  jpeg->X_density = per_inch(density->across);
  jpeg->Y_density = per_inch(density->down);
}

/// JPEG demands of EXIF and of plain XMP that they stand in one marker.
bool fits(std::string_view prefix, const std::vector<std::uint8_t>& block) {
  return prefix.size() + block.size() <= kMostMarkerBytes;
}

std::vector<std::uint8_t> marker_data(std::string_view prefix, const std::vector<std::uint8_t>& block) {
  if (block.empty() || !fits(prefix, block)) return {};
  std::vector<std::uint8_t> data(prefix.size() + block.size());
  std::copy(block.begin(), block.end(), std::copy(prefix.begin(), prefix.end(), data.begin()));
  return data;
}

struct Marker {
  int code;
  std::vector<std::uint8_t> data;
};

std::vector<std::uint8_t> xmp_that_fits(const std::vector<std::uint8_t>& packet, std::vector<std::string>& warnings) {
  if (fits(kXmpPrefix, packet)) return packet;
  warnings.push_back("a JPEG holds 64 KB of XMP, got " + std::to_string(packet.size() / 1024) +
                     " KB; only its source type, rights and creators are kept");
  return essential_xmp(packet, kMostMarkerBytes - kXmpPrefix.size());
}

/// In the order that readers expect: EXIF first.
std::vector<Marker> markers_of(const Metadata& metadata, std::vector<std::string>& warnings) {
  std::vector<Marker> markers{{JPEG_APP0 + 1, marker_data(kExifPrefix, metadata.exif)},
                              {JPEG_APP0 + 1, marker_data(kXmpPrefix, xmp_that_fits(metadata.xmp, warnings))}};
  if (!fits(kExifPrefix, metadata.exif)) {
    warnings.push_back("a JPEG holds 64 KB of EXIF, got " + std::to_string(metadata.exif.size() / 1024) +
                       " KB; it is left out");
  }
  const Bytes photoshop(metadata.jpeg_notes.photoshop);
  const auto most = kMostMarkerBytes - kPhotoshopPrefix.size();
  for (std::size_t at = 0; at < photoshop.size(); at += most) {
    const auto part = photoshop.subspan(at, std::min(most, photoshop.size() - at));
    markers.push_back({JPEG_APP0 + 13, marker_data(kPhotoshopPrefix, {part.begin(), part.end()})});
  }
  for (const auto& comment : metadata.jpeg_notes.comments) markers.push_back({JPEG_COM, comment});
  std::erase_if(markers, [](const Marker& marker) { return marker.data.empty(); });
  return markers;
}

}  // namespace

std::vector<std::uint8_t> encode_jpeg(const cv::Mat& pixels, const Metadata& metadata, std::optional<int> quality,
                                      std::vector<std::string>& warnings) {
  const auto markers = markers_of(metadata, warnings);
  const Bytes profile = profile_for(metadata, pixels);
  Compressor compressor;
  auto* jpeg = compressor.get();
  compressor.errors.guarded([&] {
    jpeg->image_width = static_cast<JDIMENSION>(pixels.cols);
    jpeg->image_height = static_cast<JDIMENSION>(pixels.rows);
    jpeg->input_components = pixels.channels();
    jpeg->in_color_space = is_grey(pixels) ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg->optimize_coding = TRUE;
    set_coding(jpeg, metadata.coding.jpeg, quality);
    set_density(jpeg, metadata.density);
    jpeg_start_compress(jpeg, TRUE);
    for (const auto& marker : markers) {
      jpeg_write_marker(jpeg, marker.code, marker.data.data(), static_cast<unsigned>(marker.data.size()));
    }
    if (!profile.empty()) jpeg_write_icc_profile(jpeg, profile.data(), static_cast<unsigned>(profile.size()));
    while (jpeg->next_scanline < jpeg->image_height) {
      auto* row = const_cast<JSAMPROW>(pixels.ptr(static_cast<int>(jpeg->next_scanline)));
      jpeg_write_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_compress(jpeg);
  });
  return compressor.file();
}

}  // namespace magicface::image
