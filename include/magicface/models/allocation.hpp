// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace magicface::models {

/// While one lives, large blocks of memory come from the system one by one and go back to it when they are freed. For
/// loading weights: converting them one after the other leaves no holes, and a network that is put away is gone whole.
/// For a whole run where memory is short.
///
/// Afterwards freed blocks up to 1 GiB stay with the process: by default glibc gives every one back and takes it anew,
/// page by page, for the next layer, which is a tenth of a step's time at full size.
class WholeBlocks {
 public:
  WholeBlocks();
  ~WholeBlocks();
  WholeBlocks(const WholeBlocks&) = delete;
  WholeBlocks& operator=(const WholeBlocks&) = delete;
};

}  // namespace magicface::models
