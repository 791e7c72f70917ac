// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/selection.hpp"

#include <gtest/gtest.h>

#include "magicface/core/error.hpp"

namespace magicface::face {
namespace {

Face with_box(float x, float y, float w, float h) {
  Face face;
  face.box = {x, y, w, h};
  return face;
}

TEST(Selection, LargestIsByAreaAndTheFirstOfEquals) {
  const std::vector<Face> faces{with_box(0, 0, 10, 10), with_box(20, 0, 5, 40), with_box(40, 0, 20, 10)};
  EXPECT_EQ(&largest(faces), &faces[1]);
  EXPECT_THROW(largest({}), ItemError);
}

TEST(Selection, ContainingPrefersTheNearestCentre) {
  const std::vector<Face> faces{with_box(0, 0, 100, 100), with_box(60, 60, 30, 30)};
  EXPECT_EQ(&containing(faces, {75, 75}), &faces[1]);
  EXPECT_EQ(&containing(faces, {10, 10}), &faces[0]);
  EXPECT_THROW(containing(faces, {200, 10}), ItemError);
  EXPECT_THROW(containing({}, {1, 1}), ItemError);
}

}  // namespace
}  // namespace magicface::face
