// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <opencv2/core/types.hpp>
#include <optional>
#include <string>
#include <vector>

#include "magicface/image/format.hpp"

namespace magicface::image {

/// How a JPEG was compressed, so that an edited one is compressed alike.
struct JpegCoding {
  using Table = std::array<std::uint16_t, 64>;  ///< quantisation steps in natural order
  std::vector<Table> tables;                    ///< one per component: 1 (grey) or 3 (Y, Cb, Cr)
  int luma_across = 1, luma_down = 1;           ///< luma samples per chroma sample: 1 x 1 is 4:4:4, 2 x 2 is 4:2:0
  bool progressive = false;
};

/// How the source file was coded; an output in the same format is coded alike unless something else is asked for.
struct Coding {
  std::optional<JpegCoding> jpeg;
  bool webp_lossless = false;
  std::uint16_t tiff_compression = 0;  ///< TIFF's number; 0: the source wasn't a TIFF
};

/// PNG's own description of its colours, for files without an ICC profile.
struct PngColour {
  std::optional<int> srgb_intent;
  std::optional<double> gamma;
  std::optional<std::array<double, 8>> chromaticities;  ///< white, red, green, blue: x and y
};

/// What a file says beside its pixels. It always describes the picture in memory: what reading makes untrue (the
/// orientation, stored sizes, embedded previews) is corrected when the file is read.
struct Metadata {
  std::vector<std::uint8_t> icc;   ///< colour profile
  std::vector<std::uint8_t> exif;  ///< TIFF block without the prefix `Exif\0\0`
  std::vector<std::uint8_t> xmp;   ///< one packet, UTF-8
  struct Text {
    std::string keyword, text;  ///< UTF-8
  };
  std::vector<Text> texts;  ///< of a PNG
  struct Density {
    double across = 0, down = 0;  ///< pixels per metre
  };
  /// What only a JPEG has a place for.
  struct JpegNotes {
    std::vector<std::vector<std::uint8_t>> comments;  ///< of any encoding, as they were
    std::vector<std::uint8_t> photoshop;              ///< image resources: IPTC-IIM captions and others
  };
  JpegNotes jpeg_notes;
  std::optional<Density> density;
  PngColour png_colour;
  bool grey = false;  ///< the file had no colours; neither will an edited one
  Coding coding;
};

/// Corrects what is untrue about an upright picture of `size`: EXIF orientation 1, pixel dimensions, no thumbnail; XMP
/// without orientation, previews, and references to what was appended to the file (depth, gain map, motion);
/// Photoshop's resources without previews.
void settle_metadata(Metadata& metadata, cv::Size size);

/// Only what decides how the pixels look and how they are coded: `--no-metadata`.
Metadata without_descriptions(const Metadata& metadata);

/// Says in XMP that a trained model composed into the picture: IPTC's DigitalSourceType
/// `compositeWithTrainedAlgorithmicMedia`.
void declare_composite(Metadata& metadata);

}  // namespace magicface::image
