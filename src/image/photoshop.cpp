// SPDX-License-Identifier: Apache-2.0
#include "photoshop.hpp"

#include <utility>

#include "bytes.hpp"

namespace magicface::image {
namespace {

// Photoshop's numbers of its previews: of version 4 (blue first), and later.
constexpr std::uint32_t kOldPreview = 1033, kPreview = 1036;

std::size_t even(std::size_t length) { return length + length % 2; }

}  // namespace

void settle_photoshop(std::vector<std::uint8_t>& resources) {
  // A resource: signature (4), number (2), name after its length (1) filled up to even, size (4), data filled up to
  // even.
  const ByteReader bytes(resources, false);
  std::vector<std::uint8_t> kept;
  std::size_t at = 0;
  while (bytes.has(at, 12) && (bytes.matches(at, "8BIM") || bytes.matches(at, "MeSa") || bytes.matches(at, "PHUT"))) {
    const std::size_t size_at = at + 6 + even(1 + bytes.u8(at + 6));
    const std::size_t size = bytes.u32(size_at);
    if (!bytes.has(size_at, 4) || !bytes.has(size_at + 4, size)) break;
    const auto whole = bytes.part(at, size_at + 4 + even(size) - at);
    const auto number = bytes.u16(at + 4);
    if (number != kOldPreview && number != kPreview) kept.insert(kept.end(), whole.begin(), whole.end());
    at = size_at + 4 + even(size);
  }
  resources = std::move(kept);
}

}  // namespace magicface::image
