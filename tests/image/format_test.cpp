// SPDX-License-Identifier: Apache-2.0
#include "magicface/image/format.hpp"

#include <gtest/gtest.h>

#include <string>

#include "magicface/core/error.hpp"

namespace magicface::image {
namespace {

TEST(Format, NamesAreReadWithoutCase) {
  EXPECT_EQ(format_from_name("PNG"), Format::png);
  EXPECT_EQ(format_from_name("jpeg"), Format::jpg);
  EXPECT_EQ(format_from_name("tif"), Format::tiff);
  EXPECT_EQ(format_from_name("webp"), Format::webp);
  EXPECT_EQ(format_from_name("bmp"), Format::bmp);
}

TEST(Format, UnknownNameSuggestsTheNearest) {
  try {
    format_from_name("pgn");
    FAIL();
  } catch (const UsageError& problem) {
    EXPECT_NE(std::string(problem.what()).find("'png'"), std::string::npos) << problem.what();
  }
  EXPECT_THROW(format_from_name(""), UsageError);
  EXPECT_THROW(format_from_name(".png"), UsageError);
}

TEST(Format, OtherPicturesAreKnownByTheirExtension) {
  EXPECT_TRUE(is_other_picture("phone/IMG_1.HEIC"));
  EXPECT_TRUE(is_other_picture("a.gif"));
  for (const char* name : {"a.png", "a.txt", "gif", "a.", ""}) EXPECT_FALSE(is_other_picture(name)) << name;
}

TEST(Format, PathsAndExtensionsAgree) {
  EXPECT_EQ(format_of_path("a/b.c/Portrait.JPG"), Format::jpg);
  EXPECT_EQ(format_of_path("x.tar"), std::nullopt);
  EXPECT_EQ(format_of_path("png"), std::nullopt);
  EXPECT_EQ(format_of_path("trailing."), std::nullopt);
  EXPECT_EQ(format_of_path(".png"), std::nullopt);  // a hidden file without extension
  for (const Format format : {Format::png, Format::jpg, Format::webp, Format::tiff, Format::bmp}) {
    EXPECT_EQ(format_of_path(std::string("x").append(extension_of(format))), format);
  }
}

}  // namespace
}  // namespace magicface::image
