// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "bytes.hpp"

namespace magicface::image {

/// Why a picture of a kind that we know isn't read, with the remedy: "a HEIC picture; ...". nullopt for our own kinds
/// and for bytes that nobody knows.
std::optional<std::string> foreign_kind(Bytes bytes);

}  // namespace magicface::image
