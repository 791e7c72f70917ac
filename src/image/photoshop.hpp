// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace magicface::image {

/// Takes the previews out of Photoshop's image resources, since they show the face before the edit. The other resources
/// (IPTC-IIM captions above all) stay byte for byte; from where the block is damaged on, nothing stays.
void settle_photoshop(std::vector<std::uint8_t>& resources);

}  // namespace magicface::image
