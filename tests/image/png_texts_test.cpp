// SPDX-License-Identifier: Apache-2.0
// Texts of PNGs that other programs wrote, some of them to do harm.
#include <algorithm>
#include <string>

#include "magicface/image/encode.hpp"
#include "png_builder.hpp"

namespace magicface::image {
namespace {

using namespace std::string_literals;
using PngTexts = PictureFiles;

ByteVector plain() { return encode_picture({gradient({16, 16}), {}}, {}); }

std::vector<std::string> keywords_of(const Picture& picture) {
  std::vector<std::string> keywords;
  for (const auto& text : picture.metadata.texts) keywords.push_back(text.keyword);
  return keywords;
}

TEST_F(PngTexts, EveryKindIsReadFromBothSidesOfThePixels) {
  auto png = plain();
  add_chunk(png, png_chunk("tEXt", "Author\0caf\xE9"s));
  add_chunk(png, png_chunk("zTXt", "Comment\0\0"s + deflated("\xE9t\xE9")), true);
  add_chunk(png, png_chunk("iTXt", "Title\0\0\0de\0Titel\0\xE9\xA1\x94"s), true);
  add_chunk(png, png_chunk("iTXt", "Warning\0\1\0\0\0"s + deflated("\xE9\xA1\x94, compressed")), true);
  add_chunk(png, png_chunk("tEXt", "Source\0ended by a zero\0"s), true);
  const auto& texts = read_picture(file("x.png", png)).metadata.texts;
  ASSERT_EQ(texts.size(), 5U);
  const std::vector<std::string> expected{"café", "été", "顔", "顔, compressed", "ended by a zero"};
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(texts[i].text, expected[i]);
}

TEST_F(PngTexts, TogetherTheyTakeSixteenMegabytesAtMost) {
  const auto bomb = deflated(std::string(std::size_t{15} << 20, 'a'));
  auto png = plain();
  for (const char* name : {"third", "second", "first"}) add_chunk(png, png_chunk("zTXt", name + "\0\0"s + bomb));
  add_chunk(png, png_chunk("tEXt", "last\0small"s), true);
  const auto picture = read_picture(file("bomb.png", png));
  EXPECT_EQ(keywords_of(picture), std::vector<std::string>{"first"});
  ASSERT_EQ(picture.warnings.size(), 1U);
  EXPECT_NE(picture.warnings[0].find("16 MB"), std::string::npos) << picture.warnings[0];
}

TEST_F(PngTexts, ALargeOneIsLeftOutAndSmallOnesStay) {
  auto png = plain();
  add_chunk(png, png_chunk("tEXt", "large\0"s + std::string(std::size_t{17} << 20, 'a')));
  add_chunk(png, png_chunk("tEXt", "small\0b"s), true);
  const auto picture = read_picture(file("large.png", png));
  EXPECT_EQ(keywords_of(picture), std::vector<std::string>{"small"});
  EXPECT_EQ(picture.warnings.size(), 1U);
}

TEST_F(PngTexts, ThereAreAThousandAtMost) {
  auto png = plain();
  ByteVector many;
  for (int i = 0; i < 1500; ++i) {
    const auto one = png_chunk("tEXt", "k\0v"s);
    many.insert(many.end(), one.begin(), one.end());
  }
  add_chunk(png, many);
  const auto picture = read_picture(file("many.png", png));
  EXPECT_EQ(picture.metadata.texts.size(), 1000U);
  EXPECT_EQ(picture.warnings.size(), 1U);
}

TEST_F(PngTexts, ThoseWithoutANameAreLeftOutSoThatTheEditCanBeWritten) {
  for (const auto& keyword : {""s, " "s, "\n"s, "\xA0 \x7F"s}) {
    auto png = plain();
    add_chunk(png, png_chunk("tEXt", keyword + "\0hello"s));
    add_chunk(png, png_chunk("zTXt", keyword + "\0\0"s + deflated("hello")));
    add_chunk(png, png_chunk("iTXt", keyword + "\0\0\0\0\0hello"s));
    const auto picture = read_picture(file("blank.png", png));
    EXPECT_TRUE(picture.metadata.texts.empty());
    EXPECT_NO_THROW(encode_picture(picture, {}));
  }
}

TEST_F(PngTexts, DamagedOnesAreLeftOut) {
  const auto packed = deflated("some text that is long enough to be cut");
  for (const auto& [kind, whole] : {std::pair{"tEXt"s, "Author\0somebody"s},
                                    {"zTXt"s, "Author\0\0"s + packed},
                                    {"iTXt"s, "Author\0\1\0en\0A\0"s + packed}}) {
    for (std::size_t length = 0; length < whole.size(); ++length) {
      auto png = plain();
      add_chunk(png, png_chunk(kind, whole.substr(0, length)));
      const auto picture = read_picture(file("cut.png", png));
      if (kind != "tEXt") {
        EXPECT_TRUE(picture.metadata.texts.empty()) << kind << " " << length;
      }
    }
    auto chunk = png_chunk(kind, whole);
    chunk.back() ^= 1;
    auto png = plain();
    add_chunk(png, chunk);
    EXPECT_TRUE(read_picture(file("checksum.png", png)).metadata.texts.empty()) << kind;
  }
}

}  // namespace
}  // namespace magicface::image
