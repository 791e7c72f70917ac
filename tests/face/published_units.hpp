// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "magicface/face/action_units.hpp"

namespace magicface::face {

/// The units of the published model, in its order.
inline const AuVocabulary& published() {
  static const AuVocabulary vocabulary(
      {"AU1", "AU2", "AU4", "AU5", "AU6", "AU9", "AU12", "AU15", "AU17", "AU20", "AU25", "AU26"});
  return vocabulary;
}

}  // namespace magicface::face
