// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/inputs.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "magicface/core/error.hpp"

namespace magicface::app {
namespace {
namespace fs = std::filesystem;

class Inputs : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("magicface_inputs_" + std::to_string(::getpid()));
    fs::create_directories(folder_ / "empty");
    for (const char* name : {"b.png", "a.JPG", "notes.txt", "sp ace.webp"}) std::ofstream(folder_ / name) << "x";
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string at(const std::string& name) const { return (folder_ / name).string(); }
  static std::vector<std::string> names(const std::vector<Input>& inputs) {
    std::vector<std::string> found;
    for (const auto& input : inputs)
      found.push_back(input.path.filename().string() + (input.problem ? " (problem)" : ""));
    return found;
  }
  fs::path folder_;
  std::istringstream none_;
};

TEST_F(Inputs, AFolderGivesItsPicturesSorted) {
  EXPECT_EQ(names(expand_inputs({folder_.string()}, none_)),
            (std::vector<std::string>{"a.JPG", "b.png", "sp ace.webp"}));
}

TEST_F(Inputs, HiddenFilesOfAFolderAreNoPictures) {
  std::ofstream(folder_ / "._a.JPG") << "x";
  EXPECT_EQ(expand_inputs({folder_.string()}, none_).size(), 3U);
  EXPECT_EQ(names(expand_inputs({at("._a.JPG")}, none_)), std::vector<std::string>{"._a.JPG"}) << "but when named";
}

TEST_F(Inputs, ABrokenLinkStopsNoOther) {
  fs::create_symlink("loop.png", folder_ / "loop.png");
  fs::create_symlink("loop.txt", folder_ / "loop.txt");
  EXPECT_EQ(names(expand_inputs({folder_.string()}, none_)),
            (std::vector<std::string>{"a.JPG", "b.png", "loop.png", "sp ace.webp"}));
}

TEST_F(Inputs, WhatIsLeftOutMayStillBeNamed) {
  const auto none_of_b = [](const fs::path& picture) { return picture.stem() == "b"; };
  const std::vector<std::string> others{"a.JPG", "sp ace.webp"};
  EXPECT_EQ(names(expand_inputs({folder_.string()}, none_, none_of_b)), others);
  EXPECT_EQ(names(expand_inputs({at("*[Gp]")}, none_, none_of_b)), others);
  EXPECT_EQ(names(expand_inputs({at("b.png")}, none_, none_of_b)), std::vector<std::string>{"b.png"});
}

TEST_F(Inputs, EachPictureCountsOnce) {
  EXPECT_EQ(expand_inputs({at("b.png"), folder_.string(), at("./b.png")}, none_).size(), 3U);
}

TEST_F(Inputs, GlobsMatch) { EXPECT_EQ(names(expand_inputs({at("*.png")}, none_)), std::vector<std::string>{"b.png"}); }

TEST_F(Inputs, ADashReadsAList) {
  std::istringstream list(at("b.png") + "\n\n  " + at("sp ace.webp") + "  \r\n");
  EXPECT_EQ(names(expand_inputs({"-"}, list)), (std::vector<std::string>{"b.png", "sp ace.webp"}));
}

TEST_F(Inputs, AMissingNameAmongOthersIsAFailedItem) {
  EXPECT_EQ(names(expand_inputs({at("b.png"), at("gone.png")}, none_)),
            (std::vector<std::string>{"b.png", "gone.png (problem)"}));
}

TEST_F(Inputs, NothingAtAllIsNoInput) {
  EXPECT_THROW(expand_inputs({at("gone.png"), at("*.bmp"), at("empty")}, none_), NoInputError);
  EXPECT_THROW(expand_inputs({}, none_), NoInputError);
}

}  // namespace
}  // namespace magicface::app
