// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/selection.hpp"

#include <gtest/gtest.h>

#include <string>

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

TEST(Selection, ARolledBoxIsTurnedAboutItsCentre) {
  std::vector<Face> faces{with_box(40, 0, 20, 100)};
  EXPECT_NO_THROW(containing(faces, {50, 5}));
  EXPECT_THROW(containing(faces, {5, 50}), ItemError);
  faces[0].roll = CV_PI / 2;
  EXPECT_THROW(containing(faces, {50, 5}), ItemError);
  EXPECT_NO_THROW(containing(faces, {5, 50}));
  // Clockwise: the box's upper end points to the right and up after 45 degrees.
  faces[0].roll = CV_PI / 4;
  EXPECT_NO_THROW(containing(faces, {80, 20}));
  EXPECT_THROW(containing(faces, {20, 20}), ItemError);
}

TEST(FaceChoice, ReadsWordsNumbersAndPixels) {
  using Kind = FaceChoice::Kind;
  EXPECT_EQ(parse_face_choice("largest").kind, Kind::largest);
  EXPECT_EQ(parse_face_choice(" all ").kind, Kind::all);
  EXPECT_EQ(parse_face_choice("2").kind, Kind::number);
  EXPECT_EQ(parse_face_choice("2").number, 2U);
  EXPECT_EQ(parse_face_choice("320, 200.5").kind, Kind::point);
  EXPECT_EQ(parse_face_choice("320, 200.5").point, cv::Point2f(320, 200.5F));
  for (const char* bad : {"", "0", "-1", "1.5", "biggest", "1,2,3", "1,", "nan", "-1,5", "1e9"}) {
    EXPECT_THROW(parse_face_choice(bad), UsageError) << bad;
  }
}

TEST(FaceChoice, ChoosesIndicesInOrder) {
  const std::vector<Face> faces{with_box(0, 0, 10, 10), with_box(20, 0, 30, 30), with_box(60, 0, 10, 10)};
  using Indices = std::vector<std::size_t>;
  EXPECT_EQ(choose(faces, parse_face_choice("largest")), Indices({1}));
  EXPECT_EQ(choose(faces, parse_face_choice("all")), Indices({0, 1, 2}));
  EXPECT_EQ(choose(faces, parse_face_choice("3")), Indices({2}));
  EXPECT_EQ(choose(faces, parse_face_choice("65,5")), Indices({2}));
}

TEST(FaceChoice, FacesThatAreNotThereAreItemErrorsThatSayHowMany) {
  const std::vector<Face> one{with_box(0, 0, 10, 10)};
  for (const char* choice : {"2", "50,50"}) {
    try {
      choose(one, parse_face_choice(choice));
      ADD_FAILURE() << choice;
    } catch (const ItemError& problem) {
      EXPECT_NE(std::string(problem.what()).find("1 face"), std::string::npos) << problem.what();
      EXPECT_NE(std::string(problem.what()).find("--face"), std::string::npos) << problem.what();
    }
  }
  for (const char* choice : {"largest", "all", "1", "5,5"})
    EXPECT_THROW(choose({}, parse_face_choice(choice)), ItemError);
}

}  // namespace
}  // namespace magicface::face
