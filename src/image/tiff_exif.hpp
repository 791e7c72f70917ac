// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "bytes.hpp"

/// A TIFF's EXIF isn't a block: its entries stand in the picture's own directory. These move them between the two.
namespace magicface::image {

/// What a TIFF file says about its picture beside the pixels' layout, as an EXIF block: description, camera, dates,
/// artist, copyright, the EXIF and GPS directories. Empty when there is nothing.
std::vector<std::uint8_t> exif_of_tiff(Bytes file);

/// Adds the same entries of an EXIF block to a TIFF file that was just written little-endian.
/// The values move, so a maker's note with absolute offsets may lose its meaning.
void add_exif_to_tiff(std::vector<std::uint8_t>& file, Bytes exif);

}  // namespace magicface::image
