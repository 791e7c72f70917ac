// SPDX-License-Identifier: Apache-2.0
// Kinds that aren't read are refused by name, from a few bytes. Whole files of them are tried in test_cli_formats.py.
#include <string_view>

#include "magicface/image/picture.hpp"
#include "picture_helpers.hpp"

namespace magicface::image {
namespace {

using namespace std::string_view_literals;
using ForeignTest = PictureFiles;

TEST_F(ForeignTest, EachIsNamedWithARemedy) {
  const std::vector<std::pair<std::string_view, std::string>> kinds{
      {"GIF89a\1\0\1\0"sv, "GIF"},
      {"\0\0\0\x18"
       "ftypheic\0\0\0\0mif1heic"sv,
       "HEIC"},
      {"\0\0\0\x18"
       "ftypmif1\0\0\0\0mif1heic"sv,
       "HEIC"},
      {"\0\0\0\x1C"
       "ftypmif1\0\0\0\0mif1avifmiaf"sv,
       "AVIF"},
      {"\0\0\0\x18"
       "ftypavis\0\0\0\0avisavif"sv,
       "animated AVIF"},
      {"\0\0\0\x18"
       "ftypisom\0\0\0\0isommp42"sv,
       "video"},
      {"\0\0\0\x18"
       "ftypcrx \0\0\0\1crx isom"sv,
       "CR3"},
      {"\0\0\0\x0CJXL \r\n\x87\n"sv, "JPEG XL"},
      {"\0\0\0\x0CjP  \r\n\x87\n"sv, "JPEG 2000"},
      {"II*\0\x10\0\0\0CR\x02\0"sv, "CR2"},
      {"II+\0\x08\0\0\0"sv, "BigTIFF"},
      {"8BPS\0\1"sv, "Photoshop"},
      {"%PDF-1.7"sv, "PDF"},
      {"\x89PNG\r\n\x1a\n\0\0\0\0IHDRcrc!\0\0\0\0acTLcrc!"sv, "animated PNG"},
      {"RIFF\0\0\0\0WEBPVP8X\x0A\0\0\0\x02\0\0\0"sv, "animated WebP"},
  };
  for (const auto& [bytes, name] : kinds) {
    const auto path = file("foreign.png", ByteVector(bytes.begin(), bytes.end()));
    const auto message = message_of<ItemError>([&] { read_picture(path); });
    EXPECT_NE(message.find(name), std::string::npos) << message;
    EXPECT_NE(message.find(';'), std::string::npos) << "a remedy: " << message;
    EXPECT_EQ(message.find("HEIC") != std::string::npos, name == "HEIC") << message;
  }
}

}  // namespace
}  // namespace magicface::image
