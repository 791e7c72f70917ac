// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "bytes.hpp"
#include "magicface/image/metadata.hpp"

namespace magicface::image {

struct PngTexts {
  std::vector<Metadata::Text> texts;
  bool complete = true;  ///< false: some were beyond what all texts together may take
};

/// The texts of a PNG (tEXt, zTXt, iTXt) from both sides of its pixels. libpng isn't asked: it unpacks every one, and a
/// file of a megabyte can hold texts of a gigabyte. Damaged texts and those without a name are left out.
PngTexts read_png_texts(Bytes png);

}  // namespace magicface::image
