// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/json_depth.hpp"

namespace magicface {

bool nests_too_deep(std::string_view json) {
  constexpr int kDeepest = 64;
  int depth = 0;
  bool in_text = false;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char character = json[at];
    if (in_text) {
      if (character == '\\') ++at;
      if (character == '"') in_text = false;
    } else if (character == '"') {
      in_text = true;
    } else if (character == '[' || character == '{') {
      if (++depth > kDeepest) return true;
    } else if (character == ']' || character == '}') {
      --depth;
    }
  }
  return false;
}

}  // namespace magicface
