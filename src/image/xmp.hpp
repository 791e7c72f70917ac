// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <opencv2/core/types.hpp>
#include <vector>

namespace magicface::image {

/// Makes an XMP packet true for an upright picture of `size` (settle_metadata). A packet with nothing to correct keeps
/// its bytes; one that can't be parsed becomes empty.
void settle_xmp(std::vector<std::uint8_t>& packet, cv::Size size);

/// The packet, or a new one, with IPTC's DigitalSourceType set to `compositeWithTrainedAlgorithmicMedia`.
void declare_composite(std::vector<std::uint8_t>& packet);

/// What must not be lost of a packet that is too large for its place: DigitalSourceType, dc:rights and dc:creator, in
/// `most` bytes; the declared composite alone if they are too large themselves. Empty where there is none of it.
std::vector<std::uint8_t> essential_xmp(const std::vector<std::uint8_t>& packet, std::size_t most);

}  // namespace magicface::image
